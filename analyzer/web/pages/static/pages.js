// What the pages can do beyond links and forms: each part minds its own elements.
import { mindCopying } from "./copy.js";
import { mindJob, mindList } from "./job.js";
import { mindTimes } from "./times.js";
import { mindUploads } from "./upload.js";

document.documentElement.classList.add("scripted");
mindTimes();
mindUploads();
mindJob();
mindList();
mindCopying();

const token = document.getElementById("token");
if (token) { token.focus(); }
