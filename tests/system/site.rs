//! `guerdon site`

use serde_json::json;

use crate::common::{on_both, program::Program};

on_both! {
    async fn a_site_is_set_and_listed(db) {
        let program = Program::on(db);
        program.ok(&["tenant", "create", "acme", "--name", "Acme", "--time-zone", "Europe/Berlin"]);
        let set = [
            "site", "set", "--tenant", "acme", "--site", "main", "--enabled", "true", "--factor", "1.5",
            "--validity-months", "6", "--coupon-prefix", "acm",
        ];
        let said = "Set the site `main`: 1.5 points for 1 EUR, valid for 6 months, codes begin with ACM, \
            times in Europe/Berlin.\n";
        assert_eq!(program.ok(&set), said);
        let rest = [
            "site", "set", "--tenant", "acme", "--name", "Acme DE", "--time-zone", "Europe/Vienna", "--currency", "chf",
            "--allowed-origins", "https://a.example,https://b.example", "--enabled", "false", "--rounding", "half_up",
            "--basis", "net", "--with-shipping", "true", "--after-discounts", "false", "--pending-days", "14",
            "--cap-per-order", "1000", "--validity-end", "end_of_month", "--shortfall", "owe", "--json",
        ];
        let site = json!({
            "site": "main", "name": "Acme DE", "time_zone": "Europe/Vienna", "currency": "CHF", "coupon_prefix": "ACM",
            "allowed_origins": ["https://a.example", "https://b.example"], "enabled": false, "factor": 1.5,
            "rounding": "half_up", "basis": "net", "with_shipping": true, "after_discounts": false, "pending_days": 14,
            "cap_per_order": 1000, "validity_months": 6, "validity_end": "end_of_month", "shortfall": "owe",
            "settings_version": 3, "rule_version": 3,
        });
        assert_eq!(program.json(&rest), site);
        let made = program.json(&["site", "create", "--tenant", "acme", "--site", "at", "--factor", "0.5", "--json"]);
        assert_eq!((&made["time_zone"], &made["factor"], &made["rule_version"]), (&json!("Europe/Berlin"), &json!(0.5), &json!(1)));
        assert_eq!(program.json(&["site", "list", "--tenant", "acme", "--json"]), json!([site, made]));
        let table = program.ok(&["site", "list", "--tenant", "acme"]);
        assert!(table.lines().count() == 3 && table.contains("Acme DE") && table.contains("off"), "{table}");
    }

    async fn what_does_not_fit_is_told_in_a_line_and_changes_nothing(db) {
        let program = Program::on(db);
        program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
        let before = program.json(&["site", "list", "--tenant", "acme", "--json"]);
        for (arguments, told) in [
            (&["set", "--tenant", "acme", "--factor", "-1"][..], "--factor: Give a number from 0 to 1,000,000"),
            (&["set", "--tenant", "acme", "--factor", "2", "--basis", "x"], "--basis: Choose gross or net."),
            (&["set", "--tenant", "acme", "--validity-months", "0"], "--validity-months: Give a whole number of months"),
            (&["set", "--tenant", "acme", "--time-zone", "Mars"], "--time-zone: Give a time zone such as"),
            (&["set", "--tenant", "acme", "--cap-per-order", "0"], "--cap-per-order: Give a whole number of points"),
            (&["set", "--tenant", "acme", "--enabled", "perhaps"], "--enabled: Give true or false."),
            (&["set", "--tenant", "acme", "--allowed-origins", "*"], "--allowed-origins: `*`: Give an origin"),
            (&["set", "--tenant", "acme", "--site", "at", "--factor", "2"], "There is no site `at`."),
            (&["set", "--tenant", "beta", "--factor", "2"], "There is no tenant `beta`."),
            (&["set", "--factor", "2"], "--tenant <ID>"),
            (&["create", "--tenant", "acme"], "There is a site `main` already."),
            (&["create", "--tenant", "beta", "--site", "at"], "There is no tenant `beta`."),
            (&["create", "--tenant", "acme", "--site", "a b"], "Give a site code of 1 to 64"),
            (&["list", "--tenant", "beta"], "There is no tenant `beta`."),
            (&["list", "--tenant", "B"], "Give a tenant id of 3 to 16"),
        ] {
            let printed = program.run(&[&["site"], arguments].concat());
            assert_eq!((printed.code, printed.out.as_str()), (Some(2), ""), "{arguments:?}: {printed:?}");
            let [line] = printed.err.lines().collect::<Vec<_>>()[..] else { panic!("{arguments:?}: {printed:?}") };
            assert!(line.contains(told), "{arguments:?}: {line}");
        }
        assert_eq!(program.json(&["site", "list", "--tenant", "acme", "--json"]), before);
    }
}
