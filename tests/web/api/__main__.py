"""Write the published description of the API anew: `python -m tests.web.api`."""

import json

from analyzer.web.api.routes import document

from .test_description import PUBLISHED

PUBLISHED.write_text(f"{json.dumps(document(), indent=2, ensure_ascii=False)}\n", encoding="utf-8")
