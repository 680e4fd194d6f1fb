//! What can be said of a policy without Cedar: it applies, it does not, or it depends.
//!
//! That answers questions in which only the user and the tenant are known, and spares Cedar the policies of which it is
//! certain whether they apply: most policies are about somebody else, and most others compare words. Conditions have no
//! arithmetic that could fail, so what one part of a condition decides, no other part can turn into an error.

use tenantry_web::ports::Fact;

use super::set::Entry;
use super::world::World;
use crate::policy::language::target::like;
use crate::policy::language::tree::{Comparison, Condition, Operand, Test};

/// Three-valued truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Unknown,
}

impl Truth {
    const fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    const fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// Whether a policy applies, as far as it can be said. One in Cedar itself may depend on anything.
pub(crate) fn applies(entry: &Entry, world: &World) -> Truth {
    entry.condition.as_ref().map_or(Truth::Unknown, |condition| holds(condition, world))
}

fn holds(condition: &Condition, world: &World) -> Truth {
    match condition {
        Condition::All(list) => fold(list, world, Truth::False, Truth::True),
        Condition::Any(list) => fold(list, world, Truth::True, Truth::False),
        Condition::Not(inner) => holds(inner, world).not(),
        Condition::Hours(_) => Truth::Unknown,
        Condition::Known(path) | Condition::Test(Test { path, .. })
            if path.only.as_ref().is_some_and(|kind| *kind != world.kind) =>
        {
            Truth::False
        }
        Condition::Known(path) => {
            if world.fact(path).is_some() {
                Truth::True
            } else {
                Truth::Unknown
            }
        }
        Condition::Test(test) => fits(test, world).map_or(Truth::Unknown, Truth::of),
    }
}

/// One `deciding` value decides; else one unknown makes it unknown; else it is `other`.
fn fold(list: &[Condition], world: &World, deciding: Truth, other: Truth) -> Truth {
    let mut found = other;
    for one in list {
        match holds(one, world) {
            truth if truth == deciding => return deciding,
            Truth::Unknown => found = Truth::Unknown,
            _ => {}
        }
    }
    found
}

/// Whether a test holds, when that can be said without a clock. Order, instants and networks are Cedar's.
fn fits(test: &Test, world: &World) -> Option<bool> {
    let left = world.fact(&test.path)?;
    let right = match &test.operand {
        Operand::Attribute(path) => Some(world.fact(path)?),
        _ => None,
    };
    Some(match (test.comparison, &test.operand, left, right) {
        (Comparison::Equal, Operand::Text(wanted), Fact::Text(value), _) => wanted == value,
        (Comparison::Equal, Operand::Flag(wanted), Fact::Flag(flag), _) => wanted == flag,
        (Comparison::Equal, Operand::Number(wanted), Fact::Number(number), _) => wanted == number,
        (Comparison::Equal, _, Fact::Text(left), Some(Fact::Text(right))) => left == right,
        (Comparison::Equal, _, Fact::Flag(left), Some(Fact::Flag(right))) => left == right,
        (Comparison::Equal, _, Fact::Number(left), Some(Fact::Number(right))) => left == right,
        (Comparison::Contains, Operand::Text(wanted), Fact::Texts(set), _)
        | (Comparison::Contains, _, Fact::Texts(set), Some(Fact::Text(wanted))) => set.contains(wanted),
        (Comparison::Like, Operand::Text(pattern), Fact::Text(value), _) => like(pattern, value),
        _ => return None,
    })
}
