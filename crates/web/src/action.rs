//! Actions: what a route lets through, and what the permission catalogue is made of.

/// Who an action is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Anyone, without signing in. Must be asked for by name.
    Public,
    /// Any signed-in user, on what is their own; not granted by roles.
    Own,
    /// Users of a tenant whose roles or policies grant it.
    Tenant,
    /// Operators: users of the root tenant whose roles grant it. Void in every other tenant.
    Platform,
}

/// An action, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionInfo {
    /// `resource:action`.
    pub name: &'static str,
    /// What it lets someone do, as a sentence without a full stop.
    pub description: &'static str,
    /// The module it belongs to; a tenant may have modules switched off.
    pub module: &'static str,
    /// Who it is for.
    pub audience: Audience,
    /// Whether an operator who acts in a user's name may do it, and not only read.
    pub is_for_proxies: bool,
}

impl ActionInfo {
    /// Whether the action only reads: its refusal then hides that the resource exists.
    pub fn is_read(&self) -> bool {
        self.name.ends_with(":read") || self.name.ends_with(":list")
    }
}

/// An action as a type: [`Guard<A>`](crate::Guard) proves that the caller may try it.
pub trait Action: Send + Sync + 'static {
    /// The action's data.
    const INFO: ActionInfo;
}

/// An action that only operators can be granted.
pub trait PlatformAction: Action {}

/// Anyone may: no credentials are asked for (OpenAPI `security: []`).
#[derive(Debug)]
pub struct Public;

impl Action for Public {
    const INFO: ActionInfo = ActionInfo {
        name: "public:use",
        description: "Anyone",
        module: "core",
        audience: Audience::Public,
        is_for_proxies: false,
    };
}

/// Declare a module's actions and list them in `ACTIONS`.
///
/// `module "projects" for proxies;` lets operators change something there when they act in a user's name; without it they
/// can only read.
#[macro_export]
macro_rules! actions {
    (module $module:literal; $($rest:tt)+) => { $crate::actions!(@module $module false; $($rest)+); };
    (module $module:literal for proxies; $($rest:tt)+) => { $crate::actions!(@module $module true; $($rest)+); };
    (@module $module:literal $proxies:literal; $($(#[doc = $doc:literal])+ $audience:ident $name:ident = $permission:literal;)+) => {
        /// Every action of this module.
        pub(crate) const ACTIONS: &[$crate::ActionInfo] = &[$(<$name as $crate::Action>::INFO),+];

        $(
            $(#[doc = $doc])+
            #[derive(Debug)]
            pub(crate) struct $name;

            impl $crate::Action for $name {
                const INFO: $crate::ActionInfo = $crate::ActionInfo {
                    name: $permission,
                    description: concat!($($doc),+).trim_ascii(),
                    module: $module,
                    audience: $crate::Audience::$audience,
                    is_for_proxies: $proxies,
                };
            }
            $crate::actions!(@marker $audience $name);
        )+
    };
    (@marker Platform $name:ident) => { impl $crate::PlatformAction for $name {} };
    (@marker $other:ident $name:ident) => {};
}
