//! Long tables as Parquet (the feature `parquet`): the same rows as in the CSV of the same name.

use crate::engine::disk;
use crate::error::{Error, Result};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use std::path::Path;
use std::sync::Arc;

/// A column of a table.
pub enum Column {
    /// Whole numbers.
    Whole(Vec<i32>),
    /// Words.
    Text(Vec<String>),
    /// Numbers; NaN stands for none.
    Number(Vec<f64>),
}

/// Writes `NAME.parquet` in `folder`.
///
/// # Errors
/// A file that cannot be written, by its path.
pub fn write(folder: &Path, name: &str, columns: &[(&str, Column)]) -> Result<()> {
    let path = folder.join(format!("{name}.parquet"));
    let bytes = bytes(name, columns).map_err(|e| Error::io(&path, std::io::Error::other(e)))?;
    disk::write(&path, &bytes).map_err(|e| Error::io(&path, e))
}

fn bytes(name: &str, columns: &[(&str, Column)]) -> std::result::Result<Vec<u8>, ParquetError> {
    let field = |(name, column): &(&str, Column)| match column {
        Column::Whole(_) => format!("required int32 {name};"),
        Column::Text(_) => format!("required binary {name} (UTF8);"),
        Column::Number(_) => format!("optional double {name};"),
    };
    let fields: String = columns.iter().map(field).collect();
    let schema = Arc::new(parse_message_type(&format!("message {name} {{ {fields} }}"))?);
    let properties = Arc::new(WriterProperties::builder().set_compression(Compression::SNAPPY).build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties)?;
    let mut rows = writer.next_row_group()?;
    for (_, column) in columns {
        write_column(&mut rows, column)?;
    }
    rows.close()?;
    writer.into_inner()
}

fn write_column<W: std::io::Write + Send>(
    rows: &mut SerializedRowGroupWriter<'_, W>,
    column: &Column,
) -> std::result::Result<(), ParquetError> {
    let Some(mut to) = rows.next_column()? else { return Ok(()) };
    match column {
        Column::Whole(all) => to.typed::<Int32Type>().write_batch(all, None, None)?,
        Column::Text(all) => {
            let all: Vec<ByteArray> = all.iter().map(|t| ByteArray::from(t.as_str())).collect();
            to.typed::<ByteArrayType>().write_batch(&all, None, None)?
        }
        Column::Number(all) => {
            let is: Vec<i16> = all.iter().map(|v| i16::from(!v.is_nan())).collect();
            let known: Vec<f64> = all.iter().copied().filter(|v| !v.is_nan()).collect();
            to.typed::<DoubleType>().write_batch(&known, Some(&is), None)?
        }
    };
    to.close()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    /// What is written is read again by the library: words, whole numbers, numbers to the last bit, and none where there is none.
    #[test]
    fn a_table_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let columns = [
            ("arm", Column::Text(vec!["a".into(), "b".into()])),
            ("replicate", Column::Whole(vec![0, 7])),
            ("value", Column::Number(vec![0.1 + 0.2, f64::NAN])),
        ];
        write(folder.path(), "t", &columns).unwrap();
        let file = std::fs::File::open(folder.path().join("t.parquet")).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let rows: Vec<Vec<Field>> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().get_column_iter().map(|c| c.1.clone()).collect())
            .collect();
        assert_eq!(rows[0], [Field::Str("a".into()), Field::Int(0), Field::Double(0.1 + 0.2)]);
        assert_eq!(rows[1], [Field::Str("b".into()), Field::Int(7), Field::Null]);
    }
}
