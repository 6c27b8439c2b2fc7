//! Everything that decides who reaches what, as Postgres' own catalogue tells it, against the list that is checked in:
//! whatever is not on it is refused, and so is whatever the list tells and the database does not have.
//!
//! `UPDATE_CATALOGUE=1 cargo test --test isolation` writes the list anew; its changes are then to be read.

use std::collections::BTreeSet;

use crate::support::postgres::TestDatabase;
use crate::support::run;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/isolation/catalogue.txt");

const CATALOGUE: &str = "
WITH ours AS (SELECT * FROM pg_roles WHERE rolname LIKE 'birgemiz\\_%'),
told (line) AS (
SELECT format('role %s login=%s super=%s bypass=%s create=%s/%s replicate=%s inherit=%s', rolname, rolcanlogin, rolsuper,
              rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit) FROM ours
UNION ALL SELECT format('member %s of %s', m.rolname, o.rolname) FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member
    JOIN pg_roles o ON o.oid = a.roleid WHERE m.oid IN (SELECT oid FROM ours)
UNION ALL SELECT format('owner of %s %s is %s', relkind, relname, relowner::regrole) FROM pg_class
    WHERE relowner IN (SELECT oid FROM ours)
UNION ALL SELECT format('%s %s security=%s forced=%s %s',
        CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'inlet' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                     WHEN 'f' THEN 'foreign table' ELSE relkind::text END,
        relname, relrowsecurity, relforcerowsecurity, array_to_string(reloptions, ','))
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'I', 'S')
UNION ALL SELECT format('policy %s on %s %s for %s to %s using %s check %s', policyname, tablename, permissive, cmd, roles,
        regexp_replace(qual, '\\s+', ' ', 'g'), regexp_replace(with_check, '\\s+', ' ', 'g')) FROM pg_policies
UNION ALL SELECT format('grant %s on %s to %s%s', string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type), c.relname,
        CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
        CASE WHEN bool_or(g.is_grantable) THEN ' which may grant it' END)
    FROM pg_class c, aclexplode(c.relacl) g WHERE c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner
    GROUP BY c.relname, g.grantee
UNION ALL SELECT format('grant %s on %s (%s) to %s', g.privilege_type, c.relname, string_agg(a.attname, ', ' ORDER BY a.attnum),
        CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
    WHERE c.relnamespace = 'public'::regnamespace GROUP BY g.privilege_type, c.relname, g.grantee
UNION ALL SELECT format('schema %s: %s to %s', n.nspname, g.privilege_type,
        CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END)
    FROM pg_namespace n, aclexplode(n.nspacl) g
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND g.grantee <> n.nspowner
UNION ALL SELECT format('function %s %s%s by %s %s, callers: %s', p.oid::regprocedure, l.lanname,
        CASE WHEN p.prosecdef THEN ' as its owner' END,
        CASE WHEN p.proowner IN (SELECT oid FROM ours) THEN p.proowner::regrole::text ELSE 'the owner of the tables' END,
        array_to_string(p.proconfig, ', '),
        (SELECT string_agg(CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END, ', '
                           ORDER BY g.grantee::regrole::text)
         FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g WHERE g.grantee <> p.proowner))
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
UNION ALL SELECT format('trigger %s on %s', tgname, tgrelid::regclass) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT format('rule %s on %s', rulename, tablename) FROM pg_rules WHERE schemaname = 'public'
UNION ALL SELECT format('default privileges for %s', defaclrole::regrole) FROM pg_default_acl
UNION ALL SELECT format('unique without organisation_id: %s', regexp_replace(i.indexdef, 'CREATE UNIQUE INDEX ', ''))
    FROM pg_indexes i WHERE i.schemaname = 'public' AND i.indexdef LIKE 'CREATE UNIQUE%'
    AND i.indexdef NOT LIKE '%organisation\\_id%'
UNION ALL SELECT format('reference without organisation_id: %s on %s %s', conname, conrelid::regclass,
        pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace
    AND pg_get_constraintdef(oid) NOT LIKE 'FOREIGN KEY (%organisation\\_id%) REFERENCES %'
) SELECT regexp_replace(line, '\\s+', ' ', 'g') FROM told ORDER BY 1";

async fn told(database: &TestDatabase) -> BTreeSet<String> {
    let rows = database.ask(CATALOGUE).await;
    rows.into_iter()
        .map(|mut row| row.remove(0).unwrap_or_else(|| panic!("a line is null")).trim().to_owned())
        .collect()
}

fn listed() -> BTreeSet<String> {
    std::fs::read_to_string(LIST).unwrap().lines().map(str::to_owned).collect()
}

#[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
fn write_anew_when_asked(told: &BTreeSet<String>) {
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        let lines: Vec<&str> = told.iter().map(String::as_str).collect();
        std::fs::write(LIST, lines.join("\n") + "\n").unwrap();
    }
}

#[test]
fn whatever_decides_who_reaches_what_is_on_the_list() {
    run(async {
        let database = TestDatabase::migrated().await;
        let told = told(&database).await;
        database.drop_now().await;
        write_anew_when_asked(&told);
        let listed = listed();
        let unlisted: Vec<_> = told.difference(&listed).collect();
        let missing: Vec<_> = listed.difference(&told).collect();
        assert!(
            unlisted.is_empty() && missing.is_empty(),
            "not on the list: {unlisted:#?}\nonly on the list: {missing:#?}"
        );
    });
}

/// Rules that no list may bend.
#[test]
fn the_list_itself_lets_no_role_of_the_service_past_the_policies() {
    let listed = listed();
    let of = |kind: &'static str| listed.iter().filter(move |line| line.starts_with(kind));
    assert_eq!(of("role ").count(), 6, "roles");
    for role in of("role ") {
        assert!(role.contains("super=f bypass=f create=f/f replicate=f inherit=f"), "{role}");
    }
    for table in of("table ").filter(|line| !line.starts_with("table __diesel_schema_migrations ")) {
        assert!(table.contains("security=t forced=t"), "{table}");
    }
    for view in of("view ") {
        assert!(view.contains("security_invoker=true"), "{view}");
    }
    let dangerous = ["TRUNCATE", "TRIGGER", "REFERENCES", "PUBLIC", "which may grant"];
    for grant in of("grant ").chain(of("schema ")).filter(|line| !line.ends_with(": USAGE to PUBLIC")) {
        assert!(!dangerous.iter().any(|word| grant.contains(word)), "{grant}");
    }
    assert_eq!(
        of("member ").chain(of("owner ")).chain(of("default ")).count(),
        0,
        "memberships, things owned"
    );
}

/// Each is something that a migration might bring along unseen.
const INTRUDERS: [(&str, &str); 14] = [
    ("a table", "CREATE TABLE stray (organisation_id uuid)"),
    ("a view", "CREATE VIEW everybody AS SELECT * FROM households"),
    ("a materialized view", "CREATE MATERIALIZED VIEW kept AS SELECT * FROM households"),
    (
        "a function",
        "CREATE FUNCTION peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM requests'",
    ),
    ("a grant", "GRANT TRUNCATE ON requests TO birgemiz_app"),
    ("a column's grant", "GRANT SELECT (phone_index) ON household_doors TO birgemiz_gate"),
    ("a grant to everybody", "GRANT SELECT ON household_doors TO PUBLIC"),
    ("a policy", "CREATE POLICY wide ON household_doors TO birgemiz_app USING (true)"),
    ("a policy that is changed", "ALTER POLICY household_doors_own ON household_doors USING (true)"),
    ("a table that is not forced", "ALTER TABLE requests NO FORCE ROW LEVEL SECURITY"),
    ("a table that is not secured", "ALTER TABLE requests DISABLE ROW LEVEL SECURITY"),
    (
        "a trigger",
        "CREATE TRIGGER late BEFORE INSERT ON requests FOR EACH ROW EXECUTE FUNCTION is_staged_by_its_own()",
    ),
    ("a unique key", "CREATE UNIQUE INDEX one_phone ON household_doors (phone_index)"),
    (
        "a reference",
        "ALTER TABLE calls ADD CONSTRAINT loose FOREIGN KEY (request_id) REFERENCES requests (id)",
    ),
];

#[test]
fn each_kind_of_intruder_is_refused() {
    run(async {
        let database = TestDatabase::migrated().await;
        let before = told(&database).await;
        for (what, sql) in INTRUDERS {
            // Asked inside its transaction, which is then undone.
            let rows = database.ask(&format!("BEGIN; {sql}; {CATALOGUE}")).await;
            let after: BTreeSet<String> =
                rows.into_iter().map(|mut row| row.remove(0).unwrap().trim().to_owned()).collect();
            assert_ne!(after, before, "{what} was not seen: {sql}");
        }
        assert_eq!(told(&database).await, before);
        database.drop_now().await;
    });
}

#[test]
fn a_role_that_may_more_is_refused() {
    run(async {
        let database = TestDatabase::migrated().await;
        let before = told(&database).await;
        for sql in [
            "ALTER ROLE birgemiz_app BYPASSRLS",
            "ALTER ROLE birgemiz_gate SUPERUSER",
            "ALTER ROLE birgemiz_app INHERIT",
            "GRANT birgemiz_system TO birgemiz_app",
            "CREATE ROLE birgemiz_other LOGIN",
        ] {
            let rows = database.ask(&format!("BEGIN; {sql}; {CATALOGUE}")).await;
            let after: BTreeSet<String> =
                rows.into_iter().map(|mut row| row.remove(0).unwrap().trim().to_owned()).collect();
            assert_ne!(after, before, "{sql} was not seen");
        }
        database.drop_now().await;
    });
}
