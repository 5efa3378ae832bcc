//! Questions that are asked of the database at the same moment are asked together: what a small read costs is mostly the
//! way there and back, and that is gone once for all who wait.
//!
//! A read begins after every question that it answers, so each answer has seen whatever was written before its question
//! was asked, by any process. Nothing is kept.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;

use crate::store::DbError;

/// Reads of one kind that are under way at once: while one waits for the database, the next gathers.
const READERS_MAX: usize = 1;
/// Questions that one read answers, at most.
const TOGETHER_MAX: usize = 256;
/// A database that was cut off without a word would be waited for as long as the network likes.
const LONGEST: Duration = Duration::from_secs(20);

type Answer<A> = Result<A, Arc<DbError>>;
type Read<Q, A> = dyn Fn(Vec<Q>) -> BoxFuture<'static, Result<Vec<A>, DbError>> + Send + Sync;

struct Waiting<Q, A> {
    questions: Vec<(Q, oneshot::Sender<Answer<A>>)>,
    readers: usize,
}

/// Answers questions of one kind, those together that are asked at the same moment; cheap to clone.
pub struct Together<Q, A> {
    waiting: Arc<Mutex<Waiting<Q, A>>>,
    read: Arc<Read<Q, A>>,
    tasks: TaskTracker,
}

impl<Q, A> Clone for Together<Q, A> {
    fn clone(&self) -> Self {
        Self { waiting: Arc::clone(&self.waiting), read: Arc::clone(&self.read), tasks: self.tasks.clone() }
    }
}

impl<Q: Send + 'static, A: Send + 'static> Together<Q, A> {
    /// `read` answers any number of questions, in their order.
    pub fn new<F>(tasks: &TaskTracker, read: impl Fn(Vec<Q>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Vec<A>, DbError>> + Send + 'static,
    {
        Self {
            waiting: Arc::new(Mutex::new(Waiting { questions: Vec::new(), readers: 0 })),
            read: Arc::new(move |questions| Box::pin(read(questions))),
            tasks: tasks.clone(),
        }
    }

    /// The answer to one question.
    ///
    /// # Errors
    /// When the database fails or does not answer in time.
    pub async fn ask(&self, question: Q) -> Answer<A> {
        let (answer, answered) = oneshot::channel();
        let begins = {
            let mut waiting = lock(&self.waiting);
            waiting.questions.push((question, answer));
            let begins = waiting.readers < READERS_MAX;
            waiting.readers += usize::from(begins);
            begins
        };
        if begins {
            let reader = Reader { waiting: Arc::clone(&self.waiting), ended: false };
            self.tasks.spawn(answer_all(reader, Arc::clone(&self.read)));
        }
        answered.await.unwrap_or_else(|_gone| Err(Arc::new(DbError::Late)))
    }
}

fn lock<Q, A>(waiting: &Mutex<Waiting<Q, A>>) -> MutexGuard<'_, Waiting<Q, A>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One that reads. However it ends, another can begin.
struct Reader<Q, A> {
    waiting: Arc<Mutex<Waiting<Q, A>>>,
    ended: bool,
}

impl<Q, A> Reader<Q, A> {
    /// What is waiting. `None` when nothing is: then the reader has ended, at the very moment in which nothing waited.
    fn take(&mut self) -> Option<Vec<(Q, oneshot::Sender<Answer<A>>)>> {
        let mut waiting = lock(&self.waiting);
        if waiting.questions.is_empty() {
            waiting.readers = waiting.readers.saturating_sub(1);
            self.ended = true;
            return None;
        }
        let together = waiting.questions.len().min(TOGETHER_MAX);
        let rest = waiting.questions.split_off(together);
        Some(mem::replace(&mut waiting.questions, rest))
    }
}

impl<Q, A> Drop for Reader<Q, A> {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let mut waiting = lock(&self.waiting);
        waiting.readers = waiting.readers.saturating_sub(1);
        // It was broken off, and nobody else reads: who waits is told rather than forgotten.
        if waiting.readers == 0 {
            waiting.questions.clear();
        }
    }
}

async fn answer_all<Q, A>(mut reader: Reader<Q, A>, read: Arc<Read<Q, A>>) {
    while let Some(asked) = reader.take() {
        let (questions, waiting): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        let answers = tokio::time::timeout(LONGEST, read(questions)).await.unwrap_or(Err(DbError::Late));
        match answers {
            Ok(answers) => {
                for (waiting, answer) in waiting.into_iter().zip(answers) {
                    // Whoever asked may have gone away.
                    drop(waiting.send(Ok(answer)));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for waiting in waiting {
                    drop(waiting.send(Err(Arc::clone(&error))));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::{sync::Semaphore, task::JoinSet};

    use super::*;

    /// Answers each number with its double, when the gate is opened; `7` is a failure and `8` a panic. With the number of
    /// questions of each read.
    fn doubling(gate: &Arc<Semaphore>) -> (Together<usize, usize>, Arc<Mutex<Vec<usize>>>) {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let (gate, seen) = (Arc::clone(gate), Arc::clone(&sizes));
        let together = Together::new(&TaskTracker::new(), move |questions: Vec<usize>| {
            let (gate, seen) = (Arc::clone(&gate), Arc::clone(&seen));
            async move {
                seen.lock().unwrap().push(questions.len());
                gate.acquire().await.unwrap().forget();
                assert!(!questions.contains(&8), "a question too many");
                if questions.contains(&7) {
                    return Err(DbError::Changed);
                }
                Ok(questions.iter().map(|n| n * 2).collect())
            }
        });
        (together, sizes)
    }

    #[tokio::test]
    async fn who_asks_while_a_read_is_under_way_shares_the_next_one() {
        let gate = Arc::new(Semaphore::new(0));
        let (together, sizes) = doubling(&gate);
        let mut asked = JoinSet::new();
        for n in 100..400 {
            let together = together.clone();
            asked.spawn(async move { (n, together.ask(n).await.unwrap()) });
            // In this order: the first begins a read, the others wait.
            tokio::task::yield_now().await;
        }
        gate.add_permits(10);
        for (n, answer) in asked.join_all().await {
            assert_eq!(answer, n * 2);
        }
        assert_eq!(*sizes.lock().unwrap(), [1, TOGETHER_MAX, 299 - TOGETHER_MAX]);
    }

    #[tokio::test]
    async fn a_read_that_fails_or_panics_tells_all_who_wait_and_the_next_one_works() {
        for bad in [7, 8] {
            let gate = Arc::new(Semaphore::new(0));
            let (together, _) = doubling(&gate);
            let (first, second) = (together.clone(), together.clone());
            let first = together.tasks.spawn(async move { first.ask(1).await });
            tokio::task::yield_now().await;
            let bad = together.tasks.spawn(async move { second.ask(bad).await });
            let third = together.clone();
            let beside = together.tasks.spawn(async move { third.ask(2).await });
            tokio::task::yield_now().await;
            gate.add_permits(10);
            assert_eq!(first.await.unwrap().unwrap(), 2);
            assert!(bad.await.unwrap().is_err());
            assert!(beside.await.unwrap().is_err());
            assert_eq!(together.ask(3).await.unwrap(), 6);
        }
    }

    #[tokio::test]
    async fn who_goes_away_holds_up_nobody() {
        let gate = Arc::new(Semaphore::new(0));
        let (together, _) = doubling(&gate);
        let gone = AtomicUsize::new(0);
        for n in 10..20 {
            let asking = tokio::time::timeout(Duration::from_millis(1), together.ask(n));
            gone.fetch_add(usize::from(asking.await.is_err()), Ordering::Relaxed);
        }
        assert_eq!(gone.into_inner(), 10);
        gate.add_permits(10);
        assert_eq!(together.ask(21).await.unwrap(), 42);
    }
}
