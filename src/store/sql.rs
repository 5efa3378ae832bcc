//! SQL text, written once. A fragment inside `pg(..)` or `lite(..)` is for that database only.

/// One statement in both dialects.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    /// The constant's name, for messages.
    pub name: &'static str,
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
    /// Whether it must name the tenant.
    pub scope: Scope,
}

/// Whether a statement is confined to one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// It reads or writes rows of one tenant (or of the tenants it is given) and names `tenant_id`.
    Tenant,
    /// It concerns what belongs to no tenant.
    Global,
}

/// Declares the statements of one repository as constants, and all of them again as `STATEMENTS`,
/// which a test prepares against both databases.
macro_rules! statements {
    ($( $(#[$doc:meta])* $scope:ident $name:ident { $($part:tt)+ } )+) => {
        $(
            $(#[$doc])*
            const $name: $crate::store::sql::Sql = $crate::store::sql::Sql {
                name: stringify!($name),
                sqlite: $crate::store::sql::dialect!(@lite [] $($part)+),
                postgres: $crate::store::sql::dialect!(@pg [] $($part)+),
                scope: $crate::store::sql::Scope::$scope,
            };
        )+
        /// Every statement of this module, for the test that prepares them on both databases.
        pub const STATEMENTS: &[$crate::store::sql::Sql] = &[$($name),+];
    };
}

/// Joins the fragments meant for one dialect. `[name]` stands for the text of the macro `name!()`, `rows`
/// for the elements of the JSON array bound as `$1`, each an array of columns: `j.value ->> 0`, `->> 1`, ... It is parsed once,
/// into the binary form: as text, SQLite would write out each element and parse it anew for its columns.
macro_rules! dialect {
    (@$d:ident [$($acc:tt)*]) => { concat!($($acc)*) };
    (@pg [$($acc:tt)*] pg($frag:literal) $($rest:tt)*) => {
        $crate::store::sql::dialect!(@pg [$($acc)* $frag,] $($rest)*)
    };
    (@lite [$($acc:tt)*] lite($frag:literal) $($rest:tt)*) => {
        $crate::store::sql::dialect!(@lite [$($acc)* $frag,] $($rest)*)
    };
    (@pg [$($acc:tt)*] lite($frag:literal) $($rest:tt)*) => {
        $crate::store::sql::dialect!(@pg [$($acc)*] $($rest)*)
    };
    (@lite [$($acc:tt)*] pg($frag:literal) $($rest:tt)*) => {
        $crate::store::sql::dialect!(@lite [$($acc)*] $($rest)*)
    };
    (@pg [$($acc:tt)*] rows $($rest:tt)*) => {
        $crate::store::sql::dialect!(
            @pg [$($acc)* "jsonb_array_elements(CAST(CAST($1 AS TEXT) AS JSONB)) AS j(value)",] $($rest)*
        )
    };
    (@lite [$($acc:tt)*] rows $($rest:tt)*) => {
        $crate::store::sql::dialect!(@lite [$($acc)* "jsonb_each(jsonb($1)) AS j",] $($rest)*)
    };
    (@$d:ident [$($acc:tt)*] [$name:ident] $($rest:tt)*) => {
        $crate::store::sql::dialect!(@$d [$($acc)* $name!(),] $($rest)*)
    };
    (@$d:ident [$($acc:tt)*] $frag:literal $($rest:tt)*) => {
        $crate::store::sql::dialect!(@$d [$($acc)* $frag,] $($rest)*)
    };
}

pub(crate) use {dialect, statements};
