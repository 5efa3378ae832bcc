//! `guerdon backup`: the copy is whole, and opens as a database of its own.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::common::{on_both, program::Program};
use guerdon::store::Backend;

on_both! {
    async fn a_copy_made_while_serving_is_whole(db) {
        let program = Program::on(db);
        program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
        let _server = program.serve().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy").display().to_string();
        assert!(program.ok(&["backup", &file]).starts_with("Wrote "));
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "for its owner alone, from its first byte");
        let again = program.run(&["backup", &file]);
        assert_eq!(again.code, Some(2), "{again:?}");
        assert!(again.err.contains("exists already"), "{again:?}");
        if db.backend() == Backend::Sqlite {
            let copy = Program::at(&format!("sqlite://{file}"));
            let report = copy.json(&["verify", "--json"]);
            assert_eq!(report["ok"], json!(true));
            assert!(copy.ok(&["tenant", "list"]).contains("acme"));
        } else {
            // pg_dump's own mark of its custom format.
            assert!(std::fs::read(&file).unwrap().starts_with(b"PGDMP"));
        }
    }
}
