//! Who may use a coupon, and for what.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::domain::{
    fields::Fields,
    ids,
    invalid::{FieldErrors, Invalid},
    money::Money,
};
use crate::texts::t;

/// The most entries of one list: more is a segment, not a list.
const ENTRIES_MAX: usize = 1_000;

/// The restrictions of a coupon but its two instants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restrictions {
    /// The customers who may use it; empty: all.
    pub valid_for: Vec<String>,
    /// What the order must be worth at least.
    pub min_order_value: Option<Money>,
    /// The categories it applies to; the shop's cart knows them.
    pub included_categories: Vec<String>,
    /// The categories it does not apply to.
    pub excluded_categories: Vec<String>,
    /// The segments of customers it is for; the shop knows them.
    pub segments: Vec<String>,
}

/// Reads a list of ids; each counts once.
fn id_list(value: &Value) -> Result<Vec<String>, Invalid> {
    let invalid = || Invalid::new(t!("invalid-ids"));
    let (mut ids, mut seen) = (Vec::new(), HashSet::new());
    for id in value.as_array().ok_or_else(invalid)? {
        let id = ids::opaque(id.as_str().ok_or_else(invalid)?, "ids")?;
        if seen.insert(id.clone()) {
            ids.push(id);
        }
        if ids.len() > ENTRIES_MAX {
            return Err(Invalid::new(t!("invalid-too-many-ids", most = ENTRIES_MAX)));
        }
    }
    Ok(ids)
}

impl Restrictions {
    /// Reads the fields of a JSON object.
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        let restrictions = Self {
            valid_for: fields.parsed("validFor", id_list).unwrap_or_default(),
            min_order_value: fields.parsed("minOrderValue", Money::from_json),
            included_categories: fields.parsed("includedCategories", id_list).unwrap_or_default(),
            excluded_categories: fields.parsed("excludedCategories", id_list).unwrap_or_default(),
            segments: fields.parsed("segments", id_list).unwrap_or_default(),
        };
        if restrictions.included_categories.iter().any(|id| restrictions.excluded_categories.contains(id)) {
            fields.error("excludedCategories", t!("invalid-category-twice"));
        }
        restrictions
    }

    /// Reads restrictions as they are kept.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn from_json(map: &Map<String, Value>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let restrictions = Self::read(&mut Fields { map, prefix: "", errors: &mut errors });
        if errors.is_empty() { Ok(restrictions) } else { Err(errors) }
    }

    /// Those that are set, in the contract's form.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut map = Map::new();
        let lists = [
            ("validFor", &self.valid_for),
            ("includedCategories", &self.included_categories),
            ("excludedCategories", &self.excluded_categories),
            ("segments", &self.segments),
        ];
        for (name, ids) in lists {
            if !ids.is_empty() {
                map.insert(name.to_owned(), json!(ids));
            }
        }
        if let Some(money) = &self.min_order_value {
            map.insert("minOrderValue".to_owned(), money.to_json());
        }
        map
    }

    /// Whether somebody is kept out by name.
    pub fn excludes(&self, customer: &str) -> bool {
        !self.valid_for.is_empty() && !self.valid_for.iter().any(|id| id == customer)
    }
}
