//! How domain values are stored. The domain itself does not know.

use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};

use crate::domain::{
    email::Email,
    ids::{ClientId, CustomerId, EntryId, OrderId, ReturnId, SiteCode, TenantId, UserId},
    points::Points,
    role::Role,
    time::Timestamp,
};

/// Stores `$domain` as `$column`, converting with the two given functions.
macro_rules! stored_as {
    ($($domain:ty => $column:ty, $into:expr, $from:expr;)+) => {$(
        impl<DB: Database> Type<DB> for $domain where $column: Type<DB> {
            fn type_info() -> DB::TypeInfo { <$column as Type<DB>>::type_info() }
            fn compatible(ty: &DB::TypeInfo) -> bool { <$column as Type<DB>>::compatible(ty) }
        }
        impl<'q, DB: Database> Encode<'q, DB> for $domain where $column: Encode<'q, DB> {
            fn encode_by_ref(&self, buf: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let column: $column = $into(self);
                column.encode(buf)
            }
        }
        impl<'r, DB: Database> Decode<'r, DB> for $domain where $column: Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let column = <$column as Decode<DB>>::decode(value)?;
                $from(column).ok_or_else(|| concat!("stored ", stringify!($domain), " breaks its rule").into())
            }
        }
    )+};
}

stored_as! {
    TenantId => String, |id: &TenantId| id.as_str().to_owned(), |id: String| TenantId::parse(&id).ok();
    SiteCode => String, |id: &SiteCode| id.as_str().to_owned(), |id: String| SiteCode::parse(&id).ok();
    CustomerId => String, |id: &CustomerId| id.as_str().to_owned(), |id: String| CustomerId::parse(&id).ok();
    EntryId => String, |id: &EntryId| id.as_str().to_owned(), |id: String| EntryId::parse(&id).ok();
    OrderId => String, |id: &OrderId| id.as_str().to_owned(), |id: String| OrderId::parse(&id).ok();
    ReturnId => String, |id: &ReturnId| id.as_str().to_owned(), |id: String| ReturnId::parse(&id).ok();
    UserId => String, |id: &UserId| id.as_str().to_owned(), |id: String| UserId::parse(&id).ok();
    ClientId => String, |id: &ClientId| id.as_str().to_owned(), |id: String| ClientId::parse(&id).ok();
    Email => String, |email: &Email| email.as_str().to_owned(), |email: String| Email::parse(&email).ok();
    Points => i64, |points: &Points| points.get(), |points: i64| Points::new(points).ok();
    Timestamp => i64, |at: &Timestamp| at.micros(), |at: i64| Some(Timestamp::from_micros(at));
    Role => String, |role: &Role| role.as_str().to_owned(), |role: String| Role::parse(&role).ok();
}
