//! What the lab asks of a connection to any database. All that is done with one is written on top of this once, for every kind.

use std::sync::Arc;

use super::StoreError;
use super::writer::Goods;

/// The text of a statement, in the words of the database that it is for.
pub type Sql = Arc<str>;

/// A connection to a database. Blocks: whoever has one is a thread of its own. One that was lost is made anew at the next use.
///
/// Every column but a text is a whole number of 64 bits.
pub trait Link: Send {
    /// Carries out a statement that changes something. Answers how many rows.
    ///
    /// # Errors
    /// It is refused, or not answered in time.
    fn execute(&mut self, sql: &Sql, values: &[i64]) -> Result<u64, StoreError>;

    /// Reads rows and hands them out one by one.
    ///
    /// # Errors
    /// It is refused, or not answered in time.
    fn rows(&mut self, sql: &Sql, values: &[i64], each: &mut dyn FnMut(&[i64])) -> Result<(), StoreError>;

    /// Reads the text that is the only column of the first row; none where there is no row.
    ///
    /// # Errors
    /// It is refused, or not answered in time.
    fn text(&mut self, sql: &Sql, values: &[i64]) -> Result<Option<String>, StoreError>;

    /// Inserts rows of so many columns; those whose key is there already are left alone. Answers how many are new.
    ///
    /// # Errors
    /// It is refused, or not answered in time.
    fn insert_new(&mut self, table: &str, columns: usize, values: &[i64]) -> Result<u64, StoreError>;

    /// Inserts products with nothing booked, in one transaction.
    ///
    /// # Errors
    /// It is refused, or not answered in time.
    fn load(&mut self, goods: &[Goods]) -> Result<(), StoreError>;

    /// Writes the page of a product anew.
    ///
    /// # Errors
    /// It is refused, or not answered in time.
    fn set_page(&mut self, item: u32, page: &str) -> Result<(), StoreError>;

    /// Carries out statements that have no values, such as those that make tables.
    ///
    /// # Errors
    /// It is refused, or not answered in time.
    fn run(&mut self, sql: &str) -> Result<(), StoreError>;

    /// Begins a transaction.
    ///
    /// # Errors
    /// It is refused, or not answered in time.
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Ends the transaction, so that it has happened.
    ///
    /// # Errors
    /// It did not happen; or, [`StoreError::Unsure`], it is not known.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Ends the transaction as if it had never begun. Where the connection is lost, the database does it by itself.
    fn rollback(&mut self);
}

/// Does something in one transaction: all of it happens, or nothing.
///
/// # Errors
/// What `work` or the database says; then nothing has happened, unless it is [`StoreError::Unsure`].
pub fn transaction<T>(
    link: &mut dyn Link,
    work: impl FnOnce(&mut dyn Link) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    link.begin()?;
    match work(link) {
        Ok(done) => link.commit().map(|()| done),
        Err(error) => {
            link.rollback();
            Err(error)
        }
    }
}

/// Every row of a statement that reads so many columns.
///
/// # Errors
/// It is refused, or not answered in time.
pub fn fetch<const COLUMNS: usize>(
    link: &mut dyn Link,
    sql: &Sql,
    values: &[i64],
) -> Result<Vec<[i64; COLUMNS]>, StoreError> {
    let mut all = Vec::new();
    link.rows(sql, values, &mut |row| all.extend(<[i64; COLUMNS]>::try_from(row)))?;
    Ok(all)
}

/// A number of the lab as a database keeps it. Databases have no numbers without a sign: those from 2⁶³ on are kept below zero, and
/// come back as they were.
pub const fn kept(number: u64) -> i64 {
    number.cast_signed()
}
