//! Whether organisations are kept apart below the code: the roles of the service are what they must be, and no table of
//! an organisation is without its policies.

use super::{Inspection, column, failed};
use crate::storage::StorageError;

/// Each row tells what is wrong, and what puts it right.
const FAULTS: &str = "
SELECT format('the role %s is missing', name), 'birgemiz serve   # its start makes it'
FROM unnest(ARRAY['birgemiz_app', 'birgemiz_admin', 'birgemiz_gate', 'birgemiz_system', 'birgemiz_definer', 'birgemiz_owner'])
    name WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
UNION ALL
SELECT format('the role %s may pass the policies by', rolname),
       format('psql -c ''ALTER ROLE %s NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION''', rolname)
FROM pg_roles WHERE rolname IN ('birgemiz_app', 'birgemiz_admin', 'birgemiz_gate', 'birgemiz_system', 'birgemiz_definer', 'birgemiz_owner')
    AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
UNION ALL
SELECT format('the role %s is a member of %s', m.rolname, o.rolname), format('psql -c ''REVOKE %s FROM %s''', o.rolname, m.rolname)
FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles o ON o.oid = a.roleid
WHERE m.rolname IN ('birgemiz_app', 'birgemiz_admin', 'birgemiz_gate', 'birgemiz_system', 'birgemiz_definer', 'birgemiz_owner')
UNION ALL
SELECT format('the role %s owns %s', relowner::regrole, relname), format('psql -c ''ALTER TABLE %I OWNER TO CURRENT_USER''', relname)
FROM pg_class WHERE relkind = 'r' AND relowner IN (SELECT oid FROM pg_roles WHERE rolname IN ('birgemiz_app', 'birgemiz_admin', 'birgemiz_gate', 'birgemiz_system', 'birgemiz_definer', 'birgemiz_owner'))
UNION ALL
SELECT format('the table %s shows its rows to everybody', relname),
       format('psql -c ''ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY''', relname)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity)
    AND relname <> '__diesel_schema_migrations'
UNION ALL
SELECT format('the function %s is run with the rights of %s', oid::regprocedure, proowner::regrole),
       format('psql -c ''ALTER FUNCTION %s OWNER TO birgemiz_definer''', oid::regprocedure)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef AND proowner::regrole::text <> 'birgemiz_definer'";

/// One way in which organisations are not kept apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// What is wrong.
    pub found: String,
    /// What puts it right.
    pub fix: String,
}

impl Inspection {
    /// Where organisations are not kept apart, although the tables were made to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leaks(&self) -> Result<Vec<Leak>, StorageError> {
        let rows = self.client.query(FAULTS, &[]).await.map_err(failed)?;
        rows.iter().map(|row| Ok(Leak { found: column(row, 0)?, fix: column(row, 1)? })).collect()
    }
}
