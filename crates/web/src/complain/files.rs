//! Files that people send along: looked at by content, kept before the row that names them.

use store::complaint::file::NewFile;

use crate::{App, Error, FormErrors, Posted, evidence};

/// The most files of one form.
const MOST_FILES: usize = 6;
/// The most bytes of one file of a stranger.
const MOST_BYTES: usize = 10 << 20;
/// The field of the form.
pub(crate) const FIELD: &str = "files";

/// Keeps the files of the form; what cannot be kept is an error at the field.
pub(crate) async fn keep(app: &App, posted: &Posted, errors: &mut FormErrors) -> Result<Vec<NewFile>, Error> {
    let sent: Vec<_> = posted.files(FIELD).collect();
    if sent.len() > MOST_FILES {
        errors.add(FIELD, format!("一次最多 {MOST_FILES} 个文件，现在选了 {} 个。提交后还可以再补。", sent.len()));
        return Ok(Vec::new());
    }
    let mut accepted = Vec::new();
    for file in sent {
        if file.bytes.len() > MOST_BYTES {
            errors.add(FIELD, format!("“{}”超过 {} MB，请压缩或裁剪后再选。", file.name, MOST_BYTES >> 20));
            continue;
        }
        match evidence::accept(file.clone()).await? {
            Ok(file) => accepted.push(file),
            Err(sentence) => errors.add(FIELD, sentence),
        }
    }
    if !errors.is_empty() {
        return Ok(Vec::new());
    }
    let mut kept = Vec::new();
    for file in accepted {
        let saved = app.files.save_sealed(file.bytes).await?;
        kept.push(NewFile {
            sha256: saved.sha256,
            file_name: file.name,
            media_type: file.kind.media_type().to_owned(),
            size: saved.size,
        });
    }
    Ok(kept)
}
