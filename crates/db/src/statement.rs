//! SQL as typed values.
//!
//! A statement is a value that only a scope can run: [`Read`] and [`Write`] need a tenant, and get its id bound as `$1`
//! by the scope; [`Control`] is for the platform's own tables, [`Claim`] for the job worker. All are declared with
//! [`statements!`](crate::statements), which also lists them, so that a test can PREPARE and EXPLAIN each one.

use std::marker::PhantomData;

use postgres_types::{ToSql, Type};

use crate::row::{Answer, Column};

/// One declared SQL statement.
pub struct Statement {
    /// `module::function`, for logs, metrics and tests.
    pub name: &'static str,
    /// The text; never put together at run time.
    pub sql: &'static str,
    /// Who may run it.
    pub class: Class,
    /// Whether each declared parameter can be sent as that PostgreSQL type; without the tenant id.
    pub params: fn() -> Vec<fn(&Type) -> bool>,
    /// The declared columns of its answer.
    pub columns: fn() -> Vec<Column>,
}

/// Who may run a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A tenant scope, also a read-only one; `$1` is the tenant.
    Read,
    /// A tenant transaction; `$1` is the tenant.
    Write,
    /// The directory or an operator, on the platform's own tables.
    Control,
    /// The job worker.
    Claim,
    /// An append to a log of its own, outside the audit trail; `$1` is the tenant.
    Log,
}

impl std::fmt::Debug for Statement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A parameter on its way to PostgreSQL.
pub type Param = Box<dyn ToSql + Send + Sync>;

/// A statement with its parameters, not yet run.
#[must_use = "a statement does nothing until a scope runs it"]
pub struct Query<A, K> {
    pub(crate) statement: &'static Statement,
    pub(crate) params: Vec<Param>,
    answer: PhantomData<fn() -> (A, K)>,
}

/// Marks statements that read a tenant's rows.
pub struct Reading;
/// Marks statements that write or lock a tenant's rows.
pub struct Writing;
/// Marks statements on the platform's own tables.
pub struct Controlling;
/// Marks statements of the job worker.
pub struct Claiming;

/// Marks appends to logs.
pub struct Logging;

/// A read of one tenant's rows.
pub type Read<A> = Query<A, Reading>;
/// A write (or a locking read) of one tenant's rows.
pub type Write<A> = Query<A, Writing>;
/// A statement on the platform's own tables.
pub type Control<A> = Query<A, Controlling>;
/// A statement of the job worker.
pub type Claim<A> = Query<A, Claiming>;
/// An append to a log.
pub type Log<A> = Query<A, Logging>;

impl<A, K> Query<A, K> {
    /// Used by [`statements!`](crate::statements).
    #[doc(hidden)]
    pub fn new(statement: &'static Statement, params: Vec<Param>) -> Self {
        Self { statement, params, answer: PhantomData }
    }
}

/// A statement bound to its scope: ready to be sent.
pub struct Step {
    pub(crate) statement: &'static Statement,
    pub(crate) params: Vec<Param>,
}

impl Step {
    /// A statement without parameters.
    pub(crate) const fn of(statement: &'static Statement) -> Self {
        Self { statement, params: Vec::new() }
    }

    pub(crate) fn bound<A, K>(query: Query<A, K>, tenant: Option<tenantry_kernel::TenantId>) -> Self {
        let mut params = query.params;
        if let Some(tenant) = tenant {
            params.insert(0, Box::new(tenant));
        }
        Self { statement: query.statement, params }
    }
}

/// One statement, or several that do not depend on each other and travel together.
pub trait Batch<K> {
    /// What they answer.
    type Output;

    /// The statements, bound to the scope.
    #[doc(hidden)]
    fn steps(self, tenant: Option<tenantry_kernel::TenantId>) -> Vec<Step>;

    /// Read the answers, in the same order.
    #[doc(hidden)]
    fn read(answers: &[crate::wire::Raw]) -> Result<Self::Output, crate::Error>;
}

fn read_one<A: Answer>(answers: &[crate::wire::Raw], index: usize) -> Result<A, crate::Error> {
    let Some(raw) = answers.get(index) else {
        return Err(crate::Error::Unknown("an answer is missing".to_owned()));
    };
    A::read(&raw.rows, raw.affected)
        .map_err(|source| crate::Error::Decode { statement: raw.statement, source })
}

impl<A: Answer, K> Batch<K> for Query<A, K> {
    type Output = A;

    fn steps(self, tenant: Option<tenantry_kernel::TenantId>) -> Vec<Step> {
        vec![Step::bound(self, tenant)]
    }

    fn read(answers: &[crate::wire::Raw]) -> Result<A, crate::Error> {
        read_one(answers, 0)
    }
}

macro_rules! batch_of_tuple {
    ($($answer:ident $index:tt),+) => {
        impl<K, $($answer: Answer),+> Batch<K> for ($(Query<$answer, K>,)+) {
            type Output = ($($answer,)+);

            fn steps(self, tenant: Option<tenantry_kernel::TenantId>) -> Vec<Step> {
                vec![$(Step::bound(self.$index, tenant)),+]
            }

            fn read(answers: &[crate::wire::Raw]) -> Result<Self::Output, crate::Error> {
                Ok(($(read_one::<$answer>(answers, $index)?,)+))
            }
        }
    };
}
batch_of_tuple!(A 0, B 1);
batch_of_tuple!(A 0, B 1, C 2);
batch_of_tuple!(A 0, B 1, C 2, D 3);

/// Declare the statements of a store.
///
/// ```text
/// statements! {
///     /// The project with this id.
///     pub(crate) read find(id: ProjectId) -> Option<Project>
///         = "SELECT … FROM projects WHERE tenant_id = $1 AND id = $2";
/// }
/// ```
/// makes `fn find(id: ProjectId) -> Read<Option<Project>>` and lists it in `STATEMENTS`. In `read` and `write` the
/// tenant id is `$1` and is bound by the scope; the declared parameters follow from `$2`. In `control` and `claim` the
/// parameters start at `$1`.
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $vis:vis $class:ident $name:ident ( $($param:ident : $ty:ty),* $(,)? ) -> $answer:ty = $sql:expr;)+) => {
        /// Every statement of this store.
        pub(crate) const STATEMENTS: &[&$crate::Statement] = &[$(&$name::STATEMENT),+];

        $(
            mod $name {
                #[expect(clippy::allow_attributes, reason = "the imports depend on the statement")]
                mod scope { #[allow(unused_imports, reason = "not every statement names a type")] pub(super) use super::super::*; }
                #[allow(unused_imports, clippy::allow_attributes, reason = "not every statement names a type")]
                use scope::*;

                pub(super) static STATEMENT: $crate::Statement = $crate::Statement {
                    name: concat!(module_path!()),
                    sql: $sql,
                    class: $crate::statements!(@class $class),
                    params: || vec![$(|ty| <$ty as $crate::ToSql>::accepts(ty)),*],
                    columns: <$answer as $crate::Answer>::columns,
                };
            }

            $(#[$doc])*
            $vis fn $name($($param: $ty),*) -> $crate::statements!(@query $class $answer) {
                $crate::Query::new(&$name::STATEMENT, vec![$(Box::new($param) as $crate::Param),*])
            }
        )+
    };
    (@class read) => { $crate::Class::Read };
    (@class write) => { $crate::Class::Write };
    (@class control) => { $crate::Class::Control };
    (@class claim) => { $crate::Class::Claim };
    (@class log) => { $crate::Class::Log };
    (@query read $answer:ty) => { $crate::Read<$answer> };
    (@query write $answer:ty) => { $crate::Write<$answer> };
    (@query control $answer:ty) => { $crate::Control<$answer> };
    (@query claim $answer:ty) => { $crate::Claim<$answer> };
    (@query log $answer:ty) => { $crate::Log<$answer> };
}
