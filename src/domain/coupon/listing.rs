//! The fields by which coupons and their uses are searched and sorted.

use regex::RegexBuilder;

use crate::domain::list_query::{Field, FieldKind};

macro_rules! fields {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal, $kind:ident;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $(#[doc = concat!("`", $text, "`.")] $variant,)+ }

        impl Field for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            fn kind(self) -> FieldKind {
                match self { $(Self::$variant => FieldKind::$kind,)+ }
            }

            // Codes are kept in capitals, and found however they are typed.
            fn kept(self, text: &str) -> String {
                if self == Self::Code { text.to_uppercase() } else { text.to_owned() }
            }

            fn pattern(self, builder: &mut RegexBuilder) -> &mut RegexBuilder {
                builder.case_insensitive(self == Self::Code)
            }
        }
    };
}

fields! {
    /// A field of a coupon.
    CouponField {
        Code = "code", Text;
        Name = "name", Text;
        Description = "description", Text;
        Status = "status", Text;
        DiscountType = "discountType", Text;
        DiscountPercentage = "discountPercentage", Number;
        DiscountAmount = "discountAbsolute.amount", Number;
        DiscountCurrency = "discountAbsolute.currency", Text;
        DiscountCalculationType = "discountCalculationType", Text;
        AllowAnonymous = "allowAnonymous", Flag;
        MaxRedemptions = "maxRedemptions", Number;
        MaxRedemptionsPerCustomer = "maxRedemptionsPerCustomer", Number;
        RedemptionCount = "redemptionCount", Number;
        CategoryRestricted = "categoryRestricted", Flag;
        SegmentRestricted = "segmentRestricted", Flag;
        IssuedTo = "issuedTo", Text;
        ReferralCoupon = "referralCoupon", Flag;
        Deleted = "deleted", Flag;
        ValidFor = "restrictions.validFor", Texts;
        ValidFrom = "restrictions.validFrom", Time;
        ValidUntil = "restrictions.validUntil", Time;
        MinOrderAmount = "restrictions.minOrderValue.amount", Number;
        MinOrderCurrency = "restrictions.minOrderValue.currency", Text;
        IncludedCategories = "restrictions.includedCategories", Texts;
        ExcludedCategories = "restrictions.excludedCategories", Texts;
        Segments = "restrictions.segments", Texts;
        Version = "metadata.version", Number;
    }
}

fields! {
    /// A field of a use of a coupon.
    CouponRedemptionField {
        Id = "id", Text;
        Code = "code", Text;
        CustomerNumber = "customerNumber", Text;
        LegalEntityId = "legalEntityId", Text;
        OrderCode = "orderCode", Text;
        OrderAmount = "orderTotal.amount", Number;
        OrderCurrency = "orderTotal.currency", Text;
        DiscountAmount = "discount.amount", Number;
        DiscountCurrency = "discount.currency", Text;
        RedeemedAt = "redeemedAt", Time;
    }
}
