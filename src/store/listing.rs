//! Lists whose conditions and order a client chooses.
//!
//! The statement is put together from texts of this program alone: a field is a value of an enum, and what the client
//! sent is only ever bound. A page's keys are found here; its rows are read by their keys.

use std::{collections::HashMap, ops::ControlFlow};

use super::{Backend, DbError, Tx, db::Query};
use crate::domain::{
    list_query::{Criterion, Field, FieldKind, ListQuery, Operand, Test},
    time::Timestamp,
};

/// Rows that are compared with a pattern, at most; a client that has more narrows the list by something else first.
const MATCHED_ROWS_MAX: usize = 100_000;
/// One millisecond: what answers show of an instant.
const MILLISECOND: i64 = 1_000;

/// Fields of which a table's rows are searched and sorted by.
pub(super) trait ListedField: Field {
    /// The table.
    const TABLE: &'static str;
    /// The column that tells its rows apart within the scope of a list.
    const KEY: &'static str;
    /// The order that is used when none is asked for, and among equals; it ends with the key.
    const ORDER: &'static str;

    /// The expression of a field. `{now}` stands for the present moment.
    fn expression(self, backend: Backend) -> &'static str;
}

/// What a value is bound as.
enum Bound {
    Text(String),
    Integer(i64),
    Flag(bool),
}

/// What a list is confined to, whatever the client asks.
pub(super) struct Scope {
    /// Columns with their values; the tenant first.
    pub(super) columns: Vec<(&'static str, String)>,
    /// Conditions without a value.
    pub(super) conditions: &'static [&'static str],
}

/// The keys of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// In the order that was asked for.
    pub keys: Vec<String>,
    /// How many there are in all, if that was asked.
    pub total: Option<i64>,
    /// Whether there were more rows than are compared with a pattern: the page may be wrong.
    pub cut_off: bool,
}

struct Statement {
    backend: Backend,
    text: String,
    values: Vec<Bound>,
    now: Timestamp,
}

impl Statement {
    fn bind(&mut self, value: Bound) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    fn expression<F: ListedField>(&mut self, field: F) -> String {
        let text = field.expression(self.backend);
        if !text.contains("{now}") {
            return text.to_owned();
        }
        let now = self.bind(Bound::Integer(self.now.micros()));
        text.replace("{now}", &format!("CAST({now} AS BIGINT)"))
    }

    /// `FROM ... WHERE ...`; patterns are left out.
    fn conditions<F: ListedField>(&mut self, scope: Scope, criteria: &[Criterion<F>]) {
        let mut conditions: Vec<String> = Vec::new();
        for (column, value) in scope.columns {
            let value = self.bind(Bound::Text(value));
            conditions.push(format!("{column} = {value}"));
        }
        conditions.extend(scope.conditions.iter().map(|&condition| condition.to_owned()));
        for criterion in criteria {
            let Test::IsOneOf(values) = &criterion.test else { continue };
            let any: Vec<String> = values.iter().map(|value| self.equals(criterion.field, value)).collect();
            conditions.push(format!("({})", any.join(" OR ")));
        }
        self.text.push_str(format!(" FROM {} WHERE {}", F::TABLE, conditions.join(" AND ")).as_str());
    }

    fn equals<F: ListedField>(&mut self, field: F, value: &Operand) -> String {
        let expression = self.expression(field);
        match value {
            Operand::Text(text) if field.kind() == FieldKind::Texts => {
                let value = self.bind(Bound::Text(text.clone()));
                let alias = match self.backend {
                    Backend::Sqlite => "one",
                    Backend::Postgres => "one(value)",
                };
                format!("EXISTS (SELECT 1 FROM {expression} AS {alias} WHERE one.value = {value})")
            }
            Operand::Text(text) => {
                let value = self.bind(Bound::Text(text.clone()));
                format!("{expression} = {value}")
            }
            Operand::Number(number) => {
                let value = self.bind(Bound::Text(number.normalize().to_string()));
                format!("CAST({expression} AS NUMERIC) = CAST(CAST({value} AS TEXT) AS NUMERIC)")
            }
            Operand::Flag(flag) => {
                let value = self.bind(Bound::Flag(*flag));
                format!("({expression}) = {value}")
            }
            Operand::Time(at) => {
                let from = self.bind(Bound::Integer(at.micros()));
                let until = self.bind(Bound::Integer(at.micros().saturating_add(MILLISECOND)));
                format!("({expression} >= {from} AND {expression} < {until})")
            }
        }
    }

    fn order<F: ListedField>(&mut self, query: &ListQuery<F>) {
        let mut parts = Vec::new();
        for order in &query.order {
            let expression = self.expression(order.field);
            let expression = match (order.field.kind(), self.backend) {
                (FieldKind::Number, _) => format!("CAST({expression} AS NUMERIC)"),
                (FieldKind::Text, Backend::Postgres) => format!("({expression}) COLLATE \"C\""),
                _ => expression,
            };
            let direction = if order.descending { "DESC NULLS LAST" } else { "ASC NULLS FIRST" };
            parts.push(format!("{expression} {direction}"));
        }
        parts.push(F::ORDER.to_owned());
        self.text.push_str(format!(" ORDER BY {}", parts.join(", ")).as_str());
    }

    fn run(self, tx: &mut Tx) -> Query<'_> {
        let query = tx.query_built(self.text);
        self.values.into_iter().fold(query, |query, value| match value {
            Bound::Text(text) => query.bind(text),
            Bound::Integer(number) => query.bind(number),
            Bound::Flag(flag) => query.bind(flag),
        })
    }
}

/// Finds a page of a list. `scope` is asked for each statement.
pub(super) async fn page<F: ListedField>(
    tx: &mut Tx,
    scope: impl Fn() -> Scope,
    query: &ListQuery<F>,
    now: Timestamp,
) -> Result<Keys, DbError> {
    let patterns = query.criteria.iter().any(|criterion| matches!(criterion.test, Test::Matches(_)));
    if patterns {
        return page_by_patterns(tx, scope(), query, now).await;
    }
    let backend = tx.backend();
    let begin = |text: String| Statement { backend, text, values: Vec::new(), now };
    let mut statement = begin(format!("SELECT {}", F::KEY));
    statement.conditions(scope(), &query.criteria);
    statement.order(query);
    let size = statement.bind(Bound::Integer(query.page.size));
    let offset = statement.bind(Bound::Integer(query.page.offset));
    statement.text.push_str(format!(" LIMIT {size} OFFSET {offset}").as_str());
    let keys = statement.run(tx).all::<(String,)>().await?.into_iter().map(|(key,)| key).collect();
    let mut total = None;
    if query.total {
        let mut statement = begin("SELECT COUNT(*)".to_owned());
        statement.conditions(scope(), &query.criteria);
        total = Some(statement.run(tx).one::<(i64,)>().await?.0);
    }
    Ok(Keys { keys, total, cut_off: false })
}

/// The same with patterns, which are matched here: row by row as they come, so that memory does not grow with them.
async fn page_by_patterns<F: ListedField>(
    tx: &mut Tx,
    scope: Scope,
    query: &ListQuery<F>,
    now: Timestamp,
) -> Result<Keys, DbError> {
    let backend = tx.backend();
    let mut statement = Statement { backend, text: String::new(), values: Vec::new(), now };
    let mut patterns = Vec::new();
    let mut texts = Vec::new();
    for criterion in &query.criteria {
        if let Test::Matches(pattern) = &criterion.test {
            texts.push(statement.expression(criterion.field));
            patterns.push(pattern);
        }
    }
    let array = match backend {
        Backend::Sqlite => format!("json_array({})", texts.join(", ")),
        Backend::Postgres => format!("CAST(json_build_array({}) AS TEXT)", texts.join(", ")),
    };
    statement.text = format!("SELECT {}, {array}", F::KEY);
    statement.conditions(scope, &query.criteria);
    statement.order(query);

    let (first, size) = (query.page.offset, query.page.size);
    let (mut seen, mut matched, mut cut_off) = (0_usize, 0_i64, false);
    let mut keys = Vec::new();
    let see = |(key, texts): (String, String)| {
        if seen == MATCHED_ROWS_MAX {
            cut_off = true;
            return ControlFlow::Break(());
        }
        seen += 1;
        let texts: Vec<Option<String>> = serde_json::from_str(&texts).unwrap_or_default();
        let all = texts.len() == patterns.len()
            && texts.iter().zip(&patterns).all(|(text, pattern)| pattern.is_match(text.as_deref().unwrap_or_default()));
        if all {
            if matched >= first && matched - first < size {
                keys.push(key);
            }
            matched += 1;
        }
        let full = matched.saturating_sub(first) >= size;
        if full && !query.total { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    statement.run(tx).each(see).await?;
    Ok(Keys { keys, total: query.total.then_some(matched), cut_off })
}

/// Puts rows into the order of their keys.
pub(super) fn in_order<T>(keys: &[String], rows: Vec<T>, key_of: impl Fn(&T) -> &str) -> Vec<T> {
    let places: HashMap<&str, usize> = keys.iter().enumerate().map(|(place, key)| (key.as_str(), place)).collect();
    let mut rows: Vec<(Option<usize>, T)> =
        rows.into_iter().map(|row| (places.get(key_of(&row)).copied(), row)).collect();
    rows.sort_by_key(|(place, _)| *place);
    rows.into_iter().map(|(_, row)| row).collect()
}
