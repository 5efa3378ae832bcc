//! The charts of the overview: where lines and bars stand. Integers only; the plot is stretched by the browser.

use chrono_tz::Tz;

use crate::{
    domain::calendar,
    service::figures::{Part, Period},
    texts::t,
    web::format,
};

/// Height of the plot.
const HEIGHT: i64 = 200;
/// Width of one bar with the space around it.
const STEP: i64 = 20;
/// Width and height of a spark line.
const SPARK: (i64, i64) = (100, 44);
/// At most so many labels stand below the plot.
const LABELS_MAX: usize = 8;

/// What came (up) and was redeemed (down), day by day or month by month.
pub(super) struct Chart {
    pub(super) width: i64,
    pub(super) bar_width: i64,
    /// Where zero is.
    pub(super) zero: i64,
    pub(super) grid: Vec<i64>,
    pub(super) scale: Vec<String>,
    pub(super) bars: Vec<Bar>,
    pub(super) labels: Vec<String>,
    pub(super) summary: String,
    pub(super) by_month: bool,
}

/// A day or a month.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) came: i64,
    pub(super) redeemed: i64,
    pub(super) expired: i64,
    pub(super) held: i64,
    pub(super) hit: i64,
    pub(super) x: i64,
    pub(super) up: (i64, i64),
    pub(super) down: i64,
}

impl Chart {
    pub(super) fn new(parts: &[Part], period: Period, zone: Tz) -> Self {
        let label = |part: &Part| {
            let at = calendar::start_of(part.days.first, zone);
            if period.is_by_month() { format::month(at, zone) } else { format::day(at, zone) }
        };
        let most = |of: fn(&Part) -> i64| parts.iter().map(of).max().unwrap_or_default();
        let (up, down) = (most(|part| part.flow.came()), most(|part| part.flow.redeemed));
        let scale = Scale::new(up, down);
        let bars = parts.iter().zip(0..).map(|(part, at)| {
            let (came, redeemed) = (part.flow.came(), part.flow.redeemed);
            let height = scale.length(came);
            Bar {
                label: label(part),
                came,
                redeemed,
                expired: part.flow.expired,
                held: part.held,
                hit: at * STEP,
                x: at * STEP + STEP / 5,
                up: (scale.zero - height, height),
                down: scale.length(redeemed),
            }
        });
        let bars: Vec<Bar> = bars.collect();
        let every = bars.len().div_ceil(LABELS_MAX).max(1);
        Self {
            width: STEP * i64::try_from(bars.len().max(1)).unwrap_or(1),
            bar_width: STEP * 3 / 5,
            zero: scale.zero,
            grid: scale.lines.iter().map(|(at, _)| *at).filter(|at| *at != scale.zero).collect(),
            scale: scale.lines.iter().map(|(_, points)| short(*points)).collect(),
            labels: bars.iter().step_by(every).map(|bar| bar.label.clone()).collect(),
            summary: if period.is_by_month() {
                t!("overview-chart-month", came = up, redeemed = down)
            } else {
                t!("overview-chart-day", came = up, redeemed = down)
            },
            bars,
            by_month: period.is_by_month(),
        }
    }
}

/// Lines at round numbers, from the most that came down to the most that was redeemed.
struct Scale {
    zero: i64,
    step: i64,
    step_height: i64,
    /// Place and points of each line, from above.
    lines: Vec<(i64, i64)>,
}

impl Scale {
    fn new(up: i64, down: i64) -> Self {
        let step = round_step((up.saturating_add(down) / 4).max(1));
        let lines_up = up.div_euclid(step) + i64::from(up % step > 0);
        let lines_down = down.div_euclid(step) + i64::from(down % step > 0);
        let count = (lines_up + lines_down).max(1);
        let step_height = HEIGHT / count;
        let zero = lines_up.max(i64::from(lines_down == 0)) * step_height;
        let lines = (-lines_down..=lines_up.max(i64::from(lines_down == 0)))
            .rev()
            .map(|at| (zero - at * step_height, at.saturating_abs().saturating_mul(step)))
            .collect();
        Self { zero, step, step_height, lines }
    }

    fn length(&self, points: i64) -> i64 {
        let length = i128::from(points) * i128::from(self.step_height) / i128::from(self.step);
        // What is there can be seen.
        i64::try_from(length).unwrap_or(HEIGHT).max(i64::from(points > 0))
    }
}

/// The least of 1, 2, 5, 10, 20, 50 ... that is not below `least`.
fn round_step(least: i64) -> i64 {
    let mut power: i64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if step >= least || step == i64::MAX {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// `12k` and `3M`, for axes alone.
fn short(points: i64) -> String {
    match points {
        10_000..10_000_000 if points % 1_000 == 0 => t!("overview-thousands", number = points / 1_000),
        10_000_000.. if points % 1_000_000 == 0 => t!("overview-millions", number = points / 1_000_000),
        _ => format::number(points),
    }
}

/// The outline of a spark line and of the area below it; empty when there is nothing to show.
pub(super) fn spark(values: &[i64]) -> (String, String) {
    let (width, height) = SPARK;
    let (Some(least), Some(most)) = (values.iter().min(), values.iter().max()) else { return <_>::default() };
    if values.len() < 2 || most == least {
        return <_>::default();
    }
    let last = i128::try_from(values.len() - 1).unwrap_or(1);
    let span = i128::from(*most) - i128::from(*least);
    let points = values.iter().zip(0_i128..).map(|(value, at)| {
        let x = at * i128::from(width) * 10 / last;
        let y = 60 + (i128::from(*most) - i128::from(*value)) * 300 / span;
        format!("{}.{} {}.{}", x / 10, x % 10, y / 10, y % 10)
    });
    let line = format!("M{}", points.collect::<Vec<_>>().join("L"));
    let area = format!("{line}L{width} {height}L0 {height}Z");
    (line, area)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_at_round_numbers_and_bars_end_within_them() {
        for (up, down) in [(9_520, 5_030), (0, 0), (1, 0), (0, 3), (7, 7), (1_000_000_000, 1), (99, 101)] {
            let scale = Scale::new(up, down);
            let (first, last) = (scale.lines[0], scale.lines[scale.lines.len() - 1]);
            assert!(scale.lines.len() <= 8, "{up} {down}: {:?}", scale.lines);
            assert!(first.0 == 0 && last.0 <= HEIGHT, "{up} {down}: {:?}", scale.lines);
            assert!(first.1 >= up && last.1 >= down && scale.lines.contains(&(scale.zero, 0)));
            assert!(scale.zero - scale.length(up) >= 0 && scale.zero + scale.length(down) <= HEIGHT);
        }
        assert_eq!((round_step(1), round_step(3), round_step(21), round_step(999)), (1, 5, 50, 1000));
    }

    #[test]
    fn axes_are_short_and_exact() {
        for (points, text) in [(0, "0"), (4_000, "4,000"), (12_000, "12k"), (20_000_000, "20M"), (12_500, "12,500")] {
            assert_eq!(short(points), text);
        }
    }

    #[test]
    fn a_spark_line_goes_from_side_to_side() {
        assert_eq!(spark(&[1, 3, 2]).0, "M0.0 36.0L50.0 6.0L100.0 21.0");
        assert_eq!(spark(&[5, 5, 5]), <_>::default());
        assert_eq!(spark(&[i64::MIN, i64::MAX]).0, "M0.0 36.0L100.0 6.0");
        assert_eq!(spark(&[]), <_>::default());
    }
}
