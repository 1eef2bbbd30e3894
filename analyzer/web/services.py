"""What a running server is made of; the one place that joins the parts."""

from .blobs.sweeper import Sweeper
from .casebook import Casebook
from .stores import Stores
from .workers.renderings import Renderings
from .workers.runner import Runner


class Services:
    """
    The parts of a server.

    Attributes:
        stores: What is kept.
        runner: Does the jobs.
        renderings: Writes reports in formats and languages.
        casebook: What the pages and the API do.
        sweeper: Deletes what has had its time.
        stopping: The server was asked to end; answers that would go on and on come to an end.
    """

    def __init__(self, stores: Stores) -> None:
        """
        Join the parts; nothing runs yet.

        Args:
            stores: Opened, and closed by whoever opened them.
        """
        self.stores = stores
        self.settings = stores.settings
        self.stopping = False
        self.runner = Runner(stores)
        self.renderings = Renderings(stores)
        self.casebook = Casebook(stores, self.runner, self.renderings)
        self.sweeper = Sweeper(stores)
