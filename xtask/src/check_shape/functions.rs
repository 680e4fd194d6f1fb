//! How long functions are: a brace matcher over code without its texts and comments.

const LONGEST: usize = 100;

/// The functions of a file that are too long.
pub(super) fn too_long(path: &str, code: &str) -> Vec<String> {
    lengths(code)
        .into_iter()
        .filter(|function| function.lines > LONGEST)
        .map(|Function { name, line, lines }| {
            format!("{path}:{line}: `{name}` has {lines} lines, at most {LONGEST}")
        })
        .collect()
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

fn lengths(code: &str) -> Vec<Function> {
    code.match_indices("fn ")
        .filter(|(at, _)| code.get(..*at).is_some_and(|before| !before.ends_with(is_word)))
        .filter_map(|(at, _)| {
            let line = code.get(..at)?.matches('\n').count() + 1;
            let rest = code.get(at + 3..)?;
            let name: String = rest.chars().take_while(|next| is_word(*next)).collect();
            let lines = rest.get(..body_end(rest)?)?.matches('\n').count() + 1;
            Some(Function { name, line, lines })
        })
        .filter(|function| !function.name.is_empty())
        .collect()
}

/// Where the function's last brace is; nothing when it has no body.
fn body_end(rest: &str) -> Option<usize> {
    let (mut nested, mut braces) = (0_i32, 0_i32);
    for (at, next) in rest.char_indices() {
        match next {
            '(' | '[' => nested += 1,
            ')' | ']' => nested -= 1,
            ';' if nested == 0 && braces == 0 => return None,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

fn is_word(next: char) -> bool {
    next.is_alphanumeric() || next == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str) -> Vec<(String, usize, usize)> {
        lengths(code).into_iter().map(|function| (function.name, function.line, function.lines)).collect()
    }

    #[test]
    fn functions_are_measured_from_signature_to_last_brace() {
        let code =
            "struct A;\npub fn one(a: [u8; 4]) -> u8\nwhere u8: Copy,\n{\n    if x { y }\n}\nfn two() {}\n";
        assert_eq!(found(code), [("one".to_owned(), 2, 5), ("two".to_owned(), 7, 1)]);
    }

    #[test]
    fn declarations_and_pointers_are_not_functions() {
        assert!(found("trait A { fn one(&self); }\ntype B = fn (u8);\nlet often = 1; ").is_empty());
    }

    #[test]
    fn a_long_function_is_named() {
        let code = |lines: usize| format!("fn long() {{\n{}}}\n", "x();\n".repeat(lines));
        assert!(too_long("a.rs", &code(98)).is_empty());
        assert_eq!(too_long("a.rs", &code(99)), ["a.rs:1: `long` has 101 lines, at most 100"]);
    }
}
