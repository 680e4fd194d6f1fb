//! A route is one value: method, path, action, handler, documentation.
//!
//! The handler's first argument must be the [`Guard`] of the route's action; anything else does not compile. The
//! OpenAPI document is made from the same value.

use std::future::Future;
use std::sync::Arc;

use axum::response::Response;
use futures_util::future::BoxFuture;
use http::Method;

use crate::Problem;
use crate::action::{Action, ActionInfo};
use crate::app::BASES;
use crate::describe::OperationDoc;
use crate::dispatch::Call;
use crate::envelope::Output;
use crate::extract::Extract;
use crate::guard::{Admission, Guard};

pub(crate) type Handler =
    Arc<dyn Fn(Call, Admission) -> BoxFuture<'static, Result<Response, Problem>> + Send + Sync>;

/// One route.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing of the route, and most routes have none"
)]
pub struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) action: ActionInfo,
    pub(crate) summary: &'static str,
    pub(crate) status: u16,
    pub(crate) is_stream: bool,
    pub(crate) finds_tenant: bool,
    /// A standard says where it is: also without the API's base, and with any request id.
    pub(crate) is_standard: bool,
    /// It belongs to a tenant's issuer: its path holds the tenant, and no base of the API stands before it.
    pub(crate) is_of_issuer: bool,
    /// It asks with a body and changes nothing: there is no answer to keep.
    pub(crate) is_question: bool,
    /// Its answer holds a secret that nobody keeps.
    pub(crate) is_secret: bool,
    pub(crate) tag: &'static str,
    pub(crate) handler: Handler,
    pub(crate) describe: fn(&mut OperationDoc),
}

impl Route {
    /// The method and the path below the API base.
    pub fn name(&self) -> (&Method, &'static str) {
        (&self.method, self.path)
    }

    /// What its path is served under.
    pub(crate) fn bases(&self) -> impl Iterator<Item = &'static str> + use<> {
        let api = if self.is_of_issuer { &[][..] } else { &BASES[..] };
        api.iter().copied().chain((self.is_standard || self.is_of_issuer).then_some(""))
    }

    /// Its path at the domain of an issuer that has one: there is no tenant in it.
    pub(crate) fn at_domain(&self) -> Option<String> {
        let (before, after) = self.path.split_once("/t/{tenant}").filter(|_| self.is_of_issuer)?;
        Some(format!("{before}{after}"))
    }

    /// What it lets through.
    pub const fn action(&self) -> ActionInfo {
        self.action
    }
}

/// An async function that can be a route's handler: `async fn(Guard<A>, …) -> Result<impl Output, impl Into<Problem>>`.
#[diagnostic::on_unimplemented(
    message = "this handler does not guard the route's action",
    label = "the first argument must be `Guard<{A}>`, the others `Extract`, the answer `Result<impl Output, _>`"
)]
pub trait Endpoint<A: Action, Args>: Clone + Send + Sync + 'static {
    /// Take the arguments and run.
    fn run(self, call: Call, admission: Admission) -> impl Future<Output = Result<Response, Problem>> + Send;

    /// What the OpenAPI document says of it.
    fn describe(operation: &mut OperationDoc);
}

macro_rules! endpoint {
    ($($arg:ident),*) => {
        impl<A, Fun, Fut, Out, Err, $($arg),*> Endpoint<A, ($($arg,)*)> for Fun
        where
            A: Action,
            Fun: Fn(Guard<A>, $($arg),*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Result<Out, Err>> + Send,
            Out: Output,
            Err: Into<Problem>,
            $($arg: Extract,)*
        {
            #[allow(non_snake_case, clippy::allow_attributes, reason = "arguments are named like their types")]
            async fn run(self, call: Call, admission: Admission) -> Result<Response, Problem> {
                #[allow(unused_mut, clippy::allow_attributes, reason = "no arguments, nothing to take")]
                let mut call = call;
                $(let $arg = $arg::extract(&mut call)?;)*
                drop(call);
                self(Guard::new(admission), $($arg),*).await.map(Output::into_response).map_err(Into::into)
            }

            fn describe(operation: &mut OperationDoc) {
                $($arg::describe(operation);)*
                Out::describe(operation);
            }
        }
    };
}
endpoint!();
endpoint!(T1);
endpoint!(T1, T2);
endpoint!(T1, T2, T3);
endpoint!(T1, T2, T3, T4);
endpoint!(T1, T2, T3, T4, T5);
endpoint!(T1, T2, T3, T4, T5, T6);

/// A module's routes: its table of contents.
pub struct Routes {
    pub(crate) tag: &'static str,
    pub(crate) routes: Vec<Route>,
}

macro_rules! methods {
    ($($name:ident $method:ident $status:literal),+) => {$(
        #[doc = concat!("Add a `", stringify!($method), "` route; the success status is ", stringify!($status), ".")]
        #[must_use]
        pub fn $name<A: Action, Args: 'static>(
            self,
            path: &'static str,
            summary: &'static str,
            handler: impl Endpoint<A, Args>,
        ) -> Self {
            self.add(Method::$method, path, summary, $status, handler)
        }
    )+};
}

impl Routes {
    /// No routes yet, under the heading `tag`.
    pub const fn new(tag: &'static str) -> Self {
        Self { tag, routes: Vec::new() }
    }

    methods!(get GET 200, post POST 200, create POST 201, put PUT 200, delete DELETE 200);
    methods!(post_silent POST 204, delete_silent DELETE 204);

    /// The last route answers a stream: it has no time limit.
    #[must_use]
    pub fn streaming(mut self) -> Self {
        if let Some(route) = self.routes.last_mut() {
            route.is_stream = true;
        }
        self
    }

    /// The last route finds tenants: `?slug=` is one more source that may name the tenant.
    #[must_use]
    pub fn finding_tenants(mut self) -> Self {
        if let Some(route) = self.routes.last_mut() {
            route.finds_tenant = true;
        }
        self
    }

    /// A standard says where the last route is: it is also served without the API's base.
    #[must_use]
    pub fn of_a_standard(mut self) -> Self {
        if let Some(route) = self.routes.last_mut() {
            route.is_standard = true;
        }
        self
    }

    /// The last route belongs to a tenant's issuer: its path begins with `/t/{tenant}`, or holds it, and is served as it is.
    #[must_use]
    pub fn of_an_issuer(mut self) -> Self {
        if let Some(route) = self.routes.last_mut() {
            route.is_of_issuer = true;
        }
        self
    }

    /// The last route asks with a body and changes nothing: it takes no idempotency key.
    #[must_use]
    pub fn that_only_asks(mut self) -> Self {
        if let Some(route) = self.routes.last_mut() {
            route.is_question = true;
        }
        self
    }

    /// The last route's answer holds a secret: it is not kept, and so it takes no idempotency key.
    #[must_use]
    pub fn that_tells_a_secret(mut self) -> Self {
        if let Some(route) = self.routes.last_mut() {
            route.is_secret = true;
        }
        self
    }

    /// The routes, one by one.
    pub fn iter(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter()
    }

    fn add<A: Action, Args: 'static, E: Endpoint<A, Args>>(
        mut self,
        method: Method,
        path: &'static str,
        summary: &'static str,
        status: u16,
        endpoint: E,
    ) -> Self {
        let handler: Handler =
            Arc::new(move |call, admission| Box::pin(endpoint.clone().run(call, admission)));
        self.routes.push(Route {
            method,
            path,
            action: A::INFO,
            summary,
            status,
            is_stream: false,
            finds_tenant: false,
            is_standard: false,
            is_of_issuer: false,
            is_question: false,
            is_secret: false,
            tag: self.tag,
            handler,
            describe: E::describe,
        });
        self
    }
}
