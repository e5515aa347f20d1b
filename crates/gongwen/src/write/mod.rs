//! Writers: the document leaves as `.docx`, `.xlsx` or `.ics`.
