//! Names of stock activations.

use std::collections::BTreeSet;

use ntk_spectrum::Error;
use ntk_spectrum::activation::{NAMES, by_name};

/// What of the module is no stock activation.
const OTHERS: [&str; 8] = [
    "Centring",
    "DerivativeMoments",
    "FromDerivative",
    "FromMoments",
    "FromValue",
    "NAMES",
    "Regularity",
    "by_name",
];

/// The name that a form begins with.
fn name(form: &str) -> &str {
    form.split(':').next().unwrap()
}

#[test]
fn every_example_is_an_activation_of_that_name() {
    for (form, example) in NAMES {
        let activation = by_name(example).unwrap();
        assert!(activation.moments().is_ok(), "{form}");
        assert!(example.starts_with(name(form)), "{form}");
        // leaky-relu is LeakyRelu.
        let found: String =
            format!("{activation:?}").chars().take_while(|c| c.is_alphanumeric()).collect();
        assert_eq!(found.to_lowercase(), name(form).replace('-', ""));
    }
    let names: BTreeSet<_> = NAMES.iter().map(|(form, _)| name(form)).collect();
    assert_eq!(names.len(), NAMES.len());
}

/// The list is compared with what the module exports.
#[test]
fn every_exported_activation_has_a_name() {
    let source = include_str!("../../src/activation/mod.rs");
    let exported: BTreeSet<String> = source
        .split("pub use ")
        .skip(1)
        .map(|item| item.split(';').next().unwrap())
        .flat_map(|item| item.split("::").last().unwrap().split(','))
        .map(|name| name.trim_matches(|c: char| !c.is_alphanumeric() && c != '_').to_owned())
        .filter(|name| !name.is_empty() && !OTHERS.contains(&name.as_str()))
        .map(|name| name.to_lowercase())
        .collect();
    let named = NAMES.iter().map(|(form, _)| name(form).replace('-', ""));
    assert_eq!(exported, named.collect());
}

#[test]
fn parameters_reach_the_activation() {
    for (text, z, value) in [
        ("leaky-relu:0.1", -2.0, -0.2),
        ("leaky-relu:-1e-1", -2.0, 0.2),
        ("relu-power:3", 2.0, 8.0),
        ("elu:2", -1.0, 2.0 * (-1f64).exp_m1()),
        ("sine:0.5", 3.0, 1.5f64.sin()),
        ("cosine:0.5", 3.0, 1.5f64.cos()),
        ("polynomial:1", 3.0, 1.0),
        ("polynomial:1,2,3", 3.0, 34.0),
    ] {
        assert_eq!(by_name(text).unwrap().value(z), value, "{text}");
    }
}

#[track_caller]
fn unknown(text: &str) -> (&'static str, String, &'static str) {
    match by_name(text) {
        Err(Error::UnknownName { kind, name, allowed }) => (kind, name, allowed),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn unknown_names_are_refused_with_those_that_are_known() {
    for (text, name) in [
        ("", ""),
        ("Relu", "Relu"),
        ("relu ", "relu "),
        ("leaky_relu:0.1", "leaky_relu"),
        ("swish:no number", "swish"),
    ] {
        let (kind, found, allowed) = unknown(text);
        assert_eq!((kind, found.as_str()), ("activation", name));
        for (form, _) in NAMES {
            assert!(allowed.contains(form), "{form} in {allowed}");
        }
    }
}

#[test]
fn wrong_counts_of_parameters_are_refused_with_the_usage() {
    for (text, usage) in [
        ("relu:1", "relu"),
        ("sine", "sine:FREQUENCY"),
        ("elu:1,2", "elu:ALPHA"),
        ("polynomial", "polynomial:C0,C1,…"),
    ] {
        match by_name(text) {
            Err(Error::InvalidLength { expected, .. }) => assert_eq!(expected, usage, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for (text, number) in
        [("sine:x", "x"), ("sine:", ""), ("relu:", ""), ("polynomial:1,,2", ""), ("elu:1:2", "1:2")]
    {
        let (kind, found, _) = unknown(text);
        assert_eq!((kind, found.as_str()), ("number", number));
    }
    assert_eq!(by_name("polynomial:1, 2").unwrap().value(3.0), 7.0);
}

#[test]
fn parameters_outside_their_range_are_refused_as_by_the_constructors() {
    for (text, parameter) in [
        ("leaky-relu:inf", "slope"),
        ("elu:nan", "alpha"),
        ("sine:-inf", "frequency"),
        ("relu-power:0", "power"),
        ("relu-power:2.5", "power"),
        ("relu-power:-1", "power"),
        ("relu-power:4294967297", "power"),
        ("relu-power:nan", "power"),
    ] {
        let result = by_name(text);
        assert!(
            matches!(result, Err(Error::InvalidParameter { name, .. }) if name == parameter),
            "{text}: {result:?}"
        );
    }
    let result = by_name("polynomial:1,inf");
    assert!(matches!(result, Err(Error::InvalidEntry { name: "coefficients", index: 1, .. })));
}
