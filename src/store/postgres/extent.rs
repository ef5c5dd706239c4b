//! Owns the question what a backup of the database must hold, and how large it is. Must never
//! read a row of anybody's table.

use super::connect::Connection;
use super::read::column;
use super::tables::first_row;
use crate::store::fault::StoreFault;
use crate::store::{Extent, StoredRelation};

/// Tables and materialized views of this database: neither the server's own, nor temporary, nor
/// what an extension makes again by itself. The size is that of rows and TOAST, without indexes.
const RELATIONS: &str = "\
SELECT c.oid::bigint, pg_catalog.format('%I.%I', n.nspname, c.relname), c.relkind = 'r', \
pg_catalog.pg_table_size(c.oid) \
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' \
AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' \
AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d \
WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e') \
ORDER BY 2";

/// The server's version, and the size of its large objects.
const SERVER: &str = "\
SELECT pg_catalog.current_setting('server_version'), \
pg_catalog.pg_table_size('pg_catalog.pg_largeobject'::pg_catalog.regclass)";

impl Connection {
    /// What the server says of its version.
    pub(super) async fn read_server_version(&self) -> Result<String, StoreFault> {
        let question = "SELECT pg_catalog.current_setting('server_version')";
        let answer = self.client.simple_query(question).await.map_err(|it| self.fault(&it))?;
        let version = first_row(&answer).and_then(|row| row.get(0)).map(str::to_owned);
        version.ok_or(StoreFault::Protocol { expected: "the server's version" })
    }

    /// What a backup must hold, at this moment.
    pub(super) async fn read_extent(&self) -> Result<Extent, StoreFault> {
        let failed = |error: tokio_postgres::Error| self.fault(&error);
        let unexpected = StoreFault::Protocol { expected: "the server's version" };
        let answer = self.client.simple_query(SERVER).await.map_err(failed)?;
        let row = first_row(&answer).ok_or(unexpected.clone())?;
        let server_version = row.get(0).ok_or(unexpected.clone())?.to_owned();
        let objects: u64 =
            row.get(1).and_then(|size| size.parse().ok()).ok_or(unexpected.clone())?;
        let mut extent = Extent {
            server_major: self.server_major,
            server_version,
            bytes: objects,
            relations: Vec::new(),
        };
        for row in self.client.query_typed(RELATIONS, &[]).await.map_err(failed)? {
            let (number, size): (i64, Option<i64>) = (column(&row, 0)?, column(&row, 3)?);
            extent.relations.push(StoredRelation {
                number: u32::try_from(number).map_err(|_range| unexpected.clone())?,
                name: column(&row, 1)?,
                has_rows: column(&row, 2)?,
            });
            // One that was dropped in this moment has no size.
            let size = u64::try_from(size.unwrap_or(0)).unwrap_or(0);
            extent.bytes = extent.bytes.saturating_add(size);
        }
        Ok(extent)
    }
}
