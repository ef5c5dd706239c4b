//! Owns asking what the runtime role can do and must not. Must never decide what follows.

use super::connect::Connection;
use super::read::column;
use crate::core::privilege::{Excess, Right};
use crate::store::PrivilegeQuestion;
use crate::store::fault::StoreFault;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

const QUESTION: &str = include_str!("privilege.sql");

impl Connection {
    /// In the snapshot that is open.
    pub(super) async fn read_excesses(
        &self,
        question: &PrivilegeQuestion,
    ) -> Result<Vec<Excess>, StoreFault> {
        let parameters: [(&(dyn ToSql + Sync), Type); 4] = [
            (&question.role, Type::TEXT),
            (&question.forbidden, Type::TEXT_ARRAY),
            (&question.other_databases, Type::TEXT_ARRAY),
            (&question.owner, Type::TEXT),
        ];
        let rows = self.client.query_typed(QUESTION, &parameters).await;
        let rows = rows.map_err(|error| self.fault(&error))?;
        rows.iter().map(|row| excess(row, &question.role)).collect()
    }
}

fn excess(row: &Row, role: &str) -> Result<Excess, StoreFault> {
    let unknown = StoreFault::Protocol { expected: "a kind of privilege" };
    Ok(Excess {
        right: Right::named(column(row, 0)?).ok_or(unknown)?,
        role: role.to_owned(),
        object: column(row, 1)?,
        privileges: column(row, 2)?,
        holder: column(row, 3)?,
        mend: column(row, 4)?,
    })
}
