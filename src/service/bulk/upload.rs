//! Takes a table in while it arrives: a bounded number of rows is in memory, whatever the length of the file.

use std::io::{self, BufRead as _, BufReader, Cursor, Read};

use futures_util::{Stream, StreamExt as _, future::join, pin_mut};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use super::{forget, reasons, work::check_now};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        audit::Subject,
        bulk::{
            Problem, ROWS_MAX, RowState, UPLOAD_BYTES_MAX,
            reading::{self, Cells, Column, Layout, Rules, TableProblem},
        },
        ids::{SiteCode, TenantId},
    },
    service::audit,
    store::{
        Db, DbError,
        bulk::{
            batches::{self, NewBatch},
            rows::{self, Row},
        },
        db::retry_on_conflict,
    },
};

/// Rows that are written at once.
const ROWS_AT_ONCE: usize = 500;
/// Pieces of the body, and bundles of rows, that wait for each other.
const AHEAD: usize = 4;
/// A table of so many rows is checked before its upload is answered; a longer one is checked by the job.
const CHECKED_AT_ONCE_MAX: i64 = 2_000;
/// A heading is not longer.
const HEADING_BYTES_MAX: u64 = 64 * 1024;

/// What a person says of a table.
#[derive(Clone, Debug)]
pub struct New {
    /// The name of the file; empty for rows that were typed.
    pub name: String,
    /// The site whose rule says when points end.
    pub site: SiteCode,
    /// The reason of rows that give none.
    pub default_reason: Option<String>,
    /// Whether points open accounts for customers of whom nothing is known yet.
    pub opens_accounts: bool,
    /// In which zone the table's days begin.
    pub zone: chrono_tz::Tz,
}

/// A table that was taken in, and is to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// The new batch.
    pub batch_id: String,
    /// How many rows it has.
    pub rows: i64,
}

/// Why a table was not taken in. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// It is no such table.
    #[error("the table cannot be read")]
    Table(TableProblem),
    /// It has too many bytes.
    #[error("the table is too large")]
    TooLarge,
    /// It did not arrive whole.
    #[error("the upload was cut off")]
    CutOff,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// Takes a table in. `body` is the file, piece by piece.
///
/// # Errors
/// When it is no such table, is too large, or does not arrive whole.
pub async fn upload<B: AsRef<[u8]>, E>(
    app: &App,
    caller: &Caller,
    new: New,
    body: impl Stream<Item = Result<B, E>>,
) -> Result<Uploaded, UploadError> {
    let now = app.now();
    let rules = Rules {
        reasons: reasons(&app.db, &caller.tenant).await?,
        default_reason: new.default_reason.clone(),
        zone: new.zone,
        now,
    };
    let batch = NewBatch {
        batch_id: uuid::Uuid::now_v7().to_string(),
        name: new.name,
        site: new.site,
        default_reason: new.default_reason,
        opens_accounts: new.opens_accounts,
        created_by: caller.name(),
    };
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        batches::insert(&mut tx, &caller.tenant, &batch, now).await?;
        tx.commit().await
    })
    .await?;
    let taken = take_in(&app.db, &caller.tenant, &batch.batch_id, rules, body).await;
    let ended = match taken {
        Ok((rows, hash)) => end(app, caller, &batch, rows, &hash).await.map(|()| rows).map_err(UploadError::from),
        Err(error) => Err(error),
    };
    match ended {
        Ok(rows) => {
            if rows <= CHECKED_AT_ONCE_MAX {
                check_now(app, &caller.tenant, &batch.batch_id).await?;
            } else {
                app.uploads.tell();
            }
            Ok(Uploaded { batch_id: batch.batch_id, rows })
        }
        Err(error) => {
            forget(&app.db, &caller.tenant, &batch.batch_id).await?;
            Err(error)
        }
    }
}

async fn end(app: &App, caller: &Caller, batch: &NewBatch, rows: i64, hash: &str) -> Result<(), DbError> {
    retry_on_conflict(|| async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        batches::end_reading(&mut tx, &caller.tenant, &batch.batch_id, (rows, hash), now).await?;
        let after = json!({
            "name": batch.name, "rows": rows, "site": batch.site.as_str(), "content_hash": hash,
            "default_reason": batch.default_reason, "opens_accounts": batch.opens_accounts,
        });
        let subject = Subject::new("bulk_batch", &batch.batch_id);
        audit::record(&mut tx, caller, "bulk_batch.uploaded", subject, None, Some(after), now).await?;
        tx.commit().await
    })
    .await
}

/// Reads the body on a thread of its own, and writes rows while the rest is on its way. Gives their number, and the
/// hash of the body.
async fn take_in<B: AsRef<[u8]>, E>(
    db: &Db,
    tenant: &TenantId,
    batch_id: &str,
    rules: Rules,
    body: impl Stream<Item = Result<B, E>>,
) -> Result<(i64, String), UploadError> {
    let (pieces, incoming) = mpsc::channel::<Option<Vec<u8>>>(AHEAD);
    let (bundles, mut outgoing) = mpsc::channel::<Vec<Row>>(AHEAD);
    let reader = tokio::task::spawn_blocking(move || read(Incoming::new(incoming), &rules, &bundles));
    let pump = async move {
        pin_mut!(body);
        let (mut bytes, mut hash) = (0_u64, Sha256::new());
        // Read to its end even when nobody wants it any more: only then does a browser look at the answer.
        while let Some(piece) = body.next().await {
            let Ok(piece) = piece else {
                drop(pieces.send(None).await);
                return Err(UploadError::CutOff);
            };
            let piece = piece.as_ref();
            bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            if bytes > UPLOAD_BYTES_MAX {
                drop(pieces.send(None).await);
                return Err(UploadError::TooLarge);
            }
            hash.update(piece);
            drop(pieces.send(Some(piece.to_vec())).await);
        }
        Ok(hex::encode(hash.finalize()))
    };
    let fill = async move {
        while let Some(bundle) = outgoing.recv().await {
            retry_on_conflict(|| async {
                let mut tx = db.begin().await?;
                rows::insert(&mut tx, tenant, batch_id, &bundle).await?;
                tx.commit().await
            })
            .await?;
        }
        Ok::<_, DbError>(())
    };
    let (pumped, filled) = join(pump, fill).await;
    let read = reader.await;
    filled?;
    let hash = pumped?;
    match read {
        Ok(Ok(rows)) => Ok((rows, hash)),
        Ok(Err(problem)) => Err(UploadError::Table(problem)),
        Err(_panicked) => Err(UploadError::CutOff),
    }
}

/// The body as a thread reads it; `None` in it says that it was cut off.
struct Incoming {
    pieces: mpsc::Receiver<Option<Vec<u8>>>,
    piece: Cursor<Vec<u8>>,
}

impl Incoming {
    fn new(pieces: mpsc::Receiver<Option<Vec<u8>>>) -> Self {
        Self { pieces, piece: Cursor::default() }
    }
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.pieces.blocking_recv() {
                Some(Some(piece)) => self.piece = Cursor::new(piece),
                Some(None) => return Err(io::ErrorKind::UnexpectedEof.into()),
                None => return Ok(0),
            }
        }
    }
}

/// Reads a table, and hands its rows on in bundles; says how many there are.
fn read(body: impl Read, rules: &Rules, bundles: &mpsc::Sender<Vec<Row>>) -> Result<i64, TableProblem> {
    let mut body = BufReader::new(body);
    let (heading, skipped) = first_line(&mut body)?;
    let separator = reading::separator(&String::from_utf8_lossy(&heading));
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(separator)
        // Else the lines of files from Windows are counted wrongly; what is left of their ends is trimmed from the cells.
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(Cursor::new(heading).chain(body));
    let mut record = csv::ByteRecord::new();
    let mut layout: Option<Layout> = None;
    let (mut count, mut bundle) = (0_i64, Vec::with_capacity(ROWS_AT_ONCE));
    // What cannot be read any more is the end: the upload was cut off, which is told there.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        let line = record.position().map_or(0, |position| skipped.saturating_add_unsigned(position.line()));
        let Some(layout) = &layout else {
            layout = Some(layout_of(&record)?);
            continue;
        };
        let Some(row) = row_of(&record, layout, rules, (count + 1, line)) else { continue };
        count += 1;
        if count > ROWS_MAX {
            return Err(TableProblem::TooManyRows);
        }
        bundle.push(row);
        if bundle.len() >= ROWS_AT_ONCE && bundles.blocking_send(std::mem::take(&mut bundle)).is_err() {
            return Ok(count);
        }
    }
    if !bundle.is_empty() {
        drop(bundles.blocking_send(bundle));
    }
    if count == 0 { Err(TableProblem::Empty) } else { Ok(count) }
}

/// The first line that says something, without the mark of UTF-8, and how many lines stand before it. A spreadsheet's
/// `sep=;` says nothing that the heading does not.
fn first_line(body: &mut impl io::BufRead) -> Result<(Vec<u8>, i64), TableProblem> {
    for skipped in 0.. {
        let mut line = Vec::new();
        let read = body.take(HEADING_BYTES_MAX).read_until(b'\n', &mut line).unwrap_or(0);
        if read == 0 {
            return Err(TableProblem::Empty);
        }
        // UTF-16, and what is packed, such as a spreadsheet's own file.
        if line.starts_with(&[0xff, 0xfe]) || line.starts_with(&[0xfe, 0xff]) || line.contains(&0) {
            return Err(TableProblem::NoText);
        }
        let text = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line);
        let text = text.trim_ascii();
        if !text.is_empty() && !text.to_ascii_lowercase().starts_with(b"sep=") {
            let heading = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line);
            return Ok((heading.to_vec(), skipped));
        }
    }
    Err(TableProblem::Empty)
}

fn layout_of(record: &csv::ByteRecord) -> Result<Layout, TableProblem> {
    let heading: Vec<String> = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    if heading.iter().any(|name| name.contains('\u{fffd}')) {
        return Err(TableProblem::NoText);
    }
    Layout::of(heading.iter().map(String::as_str))
}

/// A row, or nothing when nothing stands in it.
fn row_of(record: &csv::ByteRecord, layout: &Layout, rules: &Rules, (row_no, line): (i64, i64)) -> Option<Row> {
    let texts: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
    if texts.iter().all(|text| text.trim().is_empty()) {
        return None;
    }
    let cells = layout.cells(|at| texts.get(at).map(AsRef::as_ref));
    let row = Row::new(row_no, line);
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let read = if record.iter().any(|cell| str::from_utf8(cell).is_err()) {
        Err(Problem::NotUtf8)
    } else if texts.iter().skip(layout.count()).any(|text| !text.trim().is_empty()) {
        Err(Problem::CellCount { expected: number(layout.count()), found: number(texts.len()) })
    } else {
        reading::read(&cells, rules)
    };
    Some(match read {
        Ok(adjustment) => Row {
            customer_id: adjustment.customer.as_str().to_owned(),
            points: adjustment.points,
            reason: Some(adjustment.reason),
            note: adjustment.note,
            private_note: adjustment.private_note,
            valid_until: adjustment.valid_until,
            reference_id: adjustment.reference,
            ..row
        },
        Err(problem) => unread(row, &cells).with(RowState::Bad, Some(&problem)),
    })
}

/// A row that cannot be read, as it was written.
fn unread(row: Row, cells: &Cells) -> Row {
    let json = cells.to_json();
    let customer_id = Cells::from_json(&json).get(Column::Customer).to_owned();
    Row { customer_id, cells: Some(json), ..row }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn table(bytes: &[u8]) -> Result<Vec<Row>, TableProblem> {
        let rules = Rules {
            reasons: vec![("goodwill".to_owned(), "Goodwill".to_owned())],
            default_reason: Some("goodwill".to_owned()),
            zone: chrono_tz::UTC,
            now: Timestamp::from_micros(0),
        };
        let (sender, mut receiver) = mpsc::channel(64);
        let count = read(bytes, &rules, &sender)?;
        drop(sender);
        let mut rows = Vec::new();
        while let Some(bundle) = receiver.blocking_recv() {
            rows.extend(bundle);
        }
        assert_eq!(i64::try_from(rows.len()), Ok(count));
        Ok(rows)
    }

    fn short(rows: &[Row]) -> Vec<(i64, i64, &str, i64, RowState)> {
        rows.iter().map(|row| (row.row_no, row.line, row.customer_id.as_str(), row.points, row.state)).collect()
    }

    #[test]
    fn every_way_in_which_spreadsheets_write_a_table_is_read_alike() {
        let wanted = [(1, 2, "C1", 50, RowState::Ready), (2, 3, "C,2;x", -7, RowState::Ready)];
        for text in [
            "customer_id,points,note\nC1,50,Hi\n\"C,2;x\",-7,\n",
            "\u{feff}customer_id;points;note\r\nC1;50;Hi\r\n\"C,2;x\";-7;\r\n",
            "customer_id\tpoints\tnote\nC1\t50\tHi\n\"C,2;x\"\t-7",
            "Customer ID,Points\n C1 , +50 \n\"C,2;x\",\"-7\"\n,,\n\n",
        ] {
            assert_eq!(short(&table(text.as_bytes()).unwrap()), wanted, "{text:?}");
        }
        let marked = table("sep=;\r\npoints;customer_id\r\n50;C1\r\n".as_bytes()).unwrap();
        assert_eq!((marked[0].customer_id.as_str(), marked[0].points), ("C1", 50));
        let lines = table(b"customer_id,points,note\nC1,1,\"two\nlines\"\nC2,2,\n").unwrap();
        assert_eq!((lines[0].note.as_deref(), lines[1].line), (Some("two\nlines"), 4));
    }

    #[test]
    fn a_row_that_cannot_be_read_is_told_and_the_others_are_taken() {
        let rows = table(b"customer_id,points\nC1,x\nC2,5,6\nC\xff3,5\nC4,5\nC5\n").unwrap();
        let states: Vec<_> = rows.iter().map(|row| (row.state, row.problem())).collect();
        assert_eq!(states[0], (RowState::Bad, Some(Problem::PointsUnreadable)));
        assert_eq!(states[1], (RowState::Bad, Some(Problem::CellCount { expected: 2, found: 3 })));
        assert_eq!(states[2], (RowState::Bad, Some(Problem::NotUtf8)));
        assert_eq!(states[3], (RowState::Ready, None));
        assert_eq!(states[4], (RowState::Bad, Some(Problem::PointsUnreadable)));
        let cells = Cells::from_json(rows[0].cells.as_deref().unwrap());
        assert_eq!((cells.get(Column::Customer), cells.get(Column::Points)), ("C1", "x"));
    }

    #[test]
    fn what_is_no_table_is_refused_as_a_whole() {
        for (bytes, problem) in [
            (&b""[..], TableProblem::Empty),
            (b"\n\n", TableProblem::Empty),
            (b"customer_id,points\n", TableProblem::Empty),
            (b"customer_id,points\n,\n", TableProblem::Empty),
            (b"PK\x03\x04\x14\0\x06\0", TableProblem::NoText),
            (b"\xff\xfec\0u\0s\0", TableProblem::NoText),
            (b"C1,50\nC2,60\n", TableProblem::ColumnUnknown("C1".to_owned())),
            (b"customer_id;amount\nC1;5", TableProblem::ColumnUnknown("amount".to_owned())),
            (b"points\n5", TableProblem::ColumnMissing(Column::Customer)),
        ] {
            assert_eq!(table(bytes), Err(problem), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_a_download_wrote_is_read_back() {
        let cell = |text: &str| format!("\"'{text}\"");
        let text = format!("customer_id,points,note,line,problem\n{},5,{},2,x\n", cell("=C1"), cell("- sorry"));
        let rows = table(text.as_bytes()).unwrap();
        assert_eq!((rows[0].customer_id.as_str(), rows[0].note.as_deref()), ("=C1", Some("- sorry")));
    }
}
