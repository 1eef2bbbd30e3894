// What the pages can do beyond links and forms: each part minds its own elements.
import { mindCopying } from "./copy.js";
import { mindDrops } from "./drops.js";
import { mindJob, mindList } from "./job.js";
import { mindLanguages } from "./languages.js";
import { mindDays, mindTimes } from "./times.js";
import { mindUploads } from "./upload.js";

document.documentElement.classList.add("scripted");
mindTimes();
mindDays();
mindUploads();
mindDrops();
mindJob();
mindList();
mindCopying();
mindLanguages();

const token = document.getElementById("token");
if (token) { token.focus(); }
