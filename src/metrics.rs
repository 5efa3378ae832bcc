//! What this process counts, and how Prometheus reads it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// The kinds of requests that are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// The JSON API.
    Api,
    /// Pages of the back office and static files.
    Web,
    /// Health, metrics and what is nowhere.
    Other,
}

impl Surface {
    const ALL: [Self; 3] = [Self::Api, Self::Web, Self::Other];

    /// The surface that a path belongs to.
    pub fn of(path: &str) -> Self {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        match first {
            "reward-points" | "coupon" | "oauth" | "customerlogin" | "site" | "webhooks" => Self::Api,
            "" | "admin" | "docs" | "static" | "assets" | "setup" | "widget" => Self::Web,
            _ => Self::Other,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Web => "web",
            Self::Other => "other",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Api => 0,
            Self::Web => 1,
            Self::Other => 2,
        }
    }
}

/// Upper bounds of the histogram of durations, in microseconds and as Prometheus writes them.
const BUCKETS: [(u64, &str); 10] = [
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (500_000, "0.5"),
    (1_000_000, "1"),
    (5_000_000, "5"),
];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

#[derive(Debug, Default)]
struct Requests {
    by_class: [AtomicU64; CLASSES.len()],
    by_duration: [AtomicU64; BUCKETS.len()],
    micros: AtomicU64,
}

/// How the runs of a job ended.
#[derive(Debug, Default)]
struct Runs {
    ok: u64,
    failed: u64,
    took: Duration,
    /// In seconds since 1970; 0 before the first.
    last_ok_at: i64,
}

/// A value that is looked at only now and then, with what it means.
type Gauge = (&'static str, i64);

/// The counters of this process.
#[derive(Debug)]
pub struct Metrics {
    started: Instant,
    in_flight: AtomicI64,
    clock_drift_millis: AtomicI64,
    requests: [Requests; Surface::ALL.len()],
    jobs: Mutex<BTreeMap<&'static str, Runs>>,
    gauges: Mutex<BTreeMap<&'static str, Gauge>>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            in_flight: AtomicI64::new(0),
            clock_drift_millis: AtomicI64::new(0),
            requests: Default::default(),
            jobs: Mutex::default(),
            gauges: Mutex::default(),
        }
    }
}

/// A request that is being answered.
#[must_use = "the request counts as being answered until this is dropped"]
pub struct InFlight<'a>(&'a Metrics);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts a request as being answered until the result is dropped.
    pub fn begin(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(self)
    }

    /// Counts an answered request.
    pub fn answered(&self, surface: Surface, status: u16, took: Duration) {
        let Some(requests) = self.requests.get(surface.index()) else { return };
        let class = usize::from(status / 100).clamp(1, CLASSES.len()) - 1;
        if let Some(counter) = requests.by_class.get(class) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        requests.micros.fetch_add(micros, Ordering::Relaxed);
        if let Some(index) = BUCKETS.iter().position(|(bound, _)| micros <= *bound)
            && let Some(counter) = requests.by_duration.get(index)
        {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Keeps by how many milliseconds the database's clock goes before this machine's.
    pub fn set_clock_drift_millis(&self, millis: i64) {
        self.clock_drift_millis.store(millis, Ordering::Relaxed);
    }

    /// By how many milliseconds the database's clock goes before this machine's, when it was last looked at.
    pub fn clock_drift_millis(&self) -> i64 {
        self.clock_drift_millis.load(Ordering::Relaxed)
    }

    /// Counts a run of a job that ended at `at`, in seconds since 1970.
    pub fn job_ran(&self, job: &'static str, ok: bool, took: Duration, at: i64) {
        let mut jobs = unpoisoned(&self.jobs);
        let runs = jobs.entry(job).or_default();
        runs.took += took;
        if ok {
            runs.ok += 1;
            runs.last_ok_at = at;
        } else {
            runs.failed += 1;
        }
    }

    /// Keeps a value that a job found, until it finds another.
    pub fn set(&self, name: &'static str, meaning: &'static str, value: i64) {
        unpoisoned(&self.gauges).insert(name, (meaning, value));
    }

    /// Everything in Prometheus's text format, with `gauges` of the caller: name, meaning, value.
    pub fn render(&self, gauges: &[(&str, &str, i64)]) -> String {
        let mut text = String::with_capacity(4096);
        // Writing into a String does not fail.
        let _ = self.render_into(&mut text, gauges);
        text
    }

    fn render_into(&self, text: &mut String, gauges: &[(&str, &str, i64)]) -> std::fmt::Result {
        let version = env!("CARGO_PKG_VERSION");
        writeln!(text, "# HELP guerdon_build_info The running version.\n# TYPE guerdon_build_info gauge")?;
        writeln!(text, "guerdon_build_info{{version=\"{version}\"}} 1")?;
        let own = [
            ("guerdon_uptime_seconds", "Since when this process runs.", uptime(self.started)),
            (
                "guerdon_requests_in_flight",
                "Requests being answered right now.",
                self.in_flight.load(Ordering::Relaxed),
            ),
            (
                "guerdon_clock_drift_milliseconds",
                "By how much the database's clock goes before this machine's.",
                self.clock_drift_millis(),
            ),
        ];
        let kept = unpoisoned(&self.gauges);
        let kept: Vec<_> = kept.iter().map(|(name, (meaning, value))| (*name, *meaning, *value)).collect();
        for (name, meaning, value) in own.iter().chain(gauges).chain(&kept) {
            writeln!(text, "# HELP {name} {meaning}\n# TYPE {name} gauge\n{name} {value}")?;
        }
        self.render_jobs(text)?;
        writeln!(text, "# HELP guerdon_requests_total Answered requests.\n# TYPE guerdon_requests_total counter")?;
        for (surface, requests) in Surface::ALL.iter().zip(&self.requests) {
            for (class, counter) in CLASSES.iter().zip(&requests.by_class) {
                let (surface, count) = (surface.name(), counter.load(Ordering::Relaxed));
                writeln!(text, "guerdon_requests_total{{surface=\"{surface}\",class=\"{class}\"}} {count}")?;
            }
        }
        let name = "guerdon_request_duration_seconds";
        writeln!(text, "# HELP {name} How long answers took.\n# TYPE {name} histogram")?;
        for (surface, requests) in Surface::ALL.iter().zip(&self.requests) {
            let surface = surface.name();
            let mut below = 0;
            for ((_, bound), counter) in BUCKETS.iter().zip(&requests.by_duration) {
                below += counter.load(Ordering::Relaxed);
                writeln!(text, "{name}_bucket{{surface=\"{surface}\",le=\"{bound}\"}} {below}")?;
            }
            let all: u64 = requests.by_class.iter().map(|counter| counter.load(Ordering::Relaxed)).sum();
            let all = all.max(below);
            let micros = requests.micros.load(Ordering::Relaxed);
            writeln!(text, "{name}_bucket{{surface=\"{surface}\",le=\"+Inf\"}} {all}")?;
            writeln!(text, "{name}_sum{{surface=\"{surface}\"}} {}.{:06}", micros / 1_000_000, micros % 1_000_000)?;
            writeln!(text, "{name}_count{{surface=\"{surface}\"}} {all}")?;
        }
        Ok(())
    }

    fn render_jobs(&self, text: &mut String) -> std::fmt::Result {
        let jobs = unpoisoned(&self.jobs);
        let name = "guerdon_job_runs_total";
        writeln!(text, "# HELP {name} How the runs of a job ended.\n# TYPE {name} counter")?;
        for (job, runs) in jobs.iter() {
            writeln!(text, "{name}{{job_name=\"{job}\",result=\"ok\"}} {}", runs.ok)?;
            writeln!(text, "{name}{{job_name=\"{job}\",result=\"failed\"}} {}", runs.failed)?;
        }
        let name = "guerdon_job_seconds_total";
        writeln!(text, "# HELP {name} How long the runs of a job took in all.\n# TYPE {name} counter")?;
        for (job, runs) in jobs.iter() {
            let (secs, micros) = (runs.took.as_secs(), runs.took.subsec_micros());
            writeln!(text, "{name}{{job_name=\"{job}\"}} {secs}.{micros:06}")?;
        }
        let name = "guerdon_job_last_success_timestamp_seconds";
        writeln!(text, "# HELP {name} When a job ended well for the last time.\n# TYPE {name} gauge")?;
        for (job, runs) in jobs.iter().filter(|(_, runs)| runs.ok > 0) {
            writeln!(text, "{name}{{job_name=\"{job}\"}} {}", runs.last_ok_at)?;
        }
        Ok(())
    }
}

/// A lock that nobody holds longer than it takes to write a number; whoever panicked with it left no half a number.
fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn uptime(started: Instant) -> i64 {
    i64::try_from(started.elapsed().as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_surface_class_and_duration() {
        let metrics = Metrics::default();
        metrics.answered(Surface::of("/reward-points/customer/C1"), 201, Duration::from_millis(3));
        metrics.answered(Surface::Api, 404, Duration::from_secs(9));
        metrics.answered(Surface::of("/admin/acme"), 200, Duration::from_micros(10));
        metrics.job_ran("expiry", true, Duration::from_millis(1_500), 1_800_000_000);
        metrics.job_ran("expiry", false, Duration::from_millis(500), 1_800_000_060);
        metrics.job_ran("purge", false, Duration::ZERO, 1_800_000_060);
        metrics.set("guerdon_ledger_points", "Points that customers have.", 7);
        metrics.set("guerdon_ledger_points", "Points that customers have.", 8);
        let flying = metrics.begin();
        let text = metrics.render(&[("guerdon_database_connections", "Open connections.", 7)]);
        drop(flying);
        for line in [
            "guerdon_requests_total{surface=\"api\",class=\"2xx\"} 1",
            "guerdon_requests_total{surface=\"api\",class=\"4xx\"} 1",
            "guerdon_request_duration_seconds_bucket{surface=\"api\",le=\"0.0025\"} 0",
            "guerdon_request_duration_seconds_bucket{surface=\"api\",le=\"0.005\"} 1",
            "guerdon_request_duration_seconds_bucket{surface=\"api\",le=\"+Inf\"} 2",
            "guerdon_request_duration_seconds_sum{surface=\"api\"} 9.003000",
            "guerdon_request_duration_seconds_count{surface=\"web\"} 1",
            "guerdon_requests_in_flight 1",
            "guerdon_job_runs_total{job_name=\"expiry\",result=\"ok\"} 1",
            "guerdon_job_runs_total{job_name=\"expiry\",result=\"failed\"} 1",
            "guerdon_job_seconds_total{job_name=\"expiry\"} 2.000000",
            "guerdon_job_last_success_timestamp_seconds{job_name=\"expiry\"} 1800000000",
            "guerdon_ledger_points 8",
            "guerdon_database_connections 7",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in:\n{text}");
        }
        assert!(metrics.render(&[]).contains("guerdon_requests_in_flight 0\n"));
    }
}
