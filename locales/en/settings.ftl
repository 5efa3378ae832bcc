settings-title = Settings
settings-intro = What holds for all sites of { $tenant }. A change takes effect at once.
settings-of-tenant = Settings of the tenant
settings-name = Name
settings-cancel-within = Customers may cancel an unused coupon within
settings-hours = hours
settings-cancel-hint = Their points come back. Leave it empty if only employees may cancel.
settings-cancel = Customers cancel coupons
settings-cancel-never = No, only employees do
settings-cancel-hours = { $count ->
    [one] Within { $count } hour
   *[other] Within { $count } hours
}
settings-grace = Grace for expired points
settings-days = days
settings-grace-hint = Points that are given back although they have expired meanwhile can be used so much longer.
settings-saved = Settings saved
settings-second-factor = Every member needs a second factor
settings-second-factor-hint = Who has none sets one up before anything of this tenant opens, from their next click on. That holds for you, too.
settings-second-factor-all = Every member needs one
settings-second-factor-free = As each member likes
