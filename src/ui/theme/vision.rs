//! Whether the tokens can be read and told apart, also by people who see fewer colours.
//!
//! Contrast is that of WCAG 2.2 (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>). Colour blindness is simulated by
//! the matrices of Machado, Oliveira and Fernandes (2009, severity 1.0), and the difference of two colours is their
//! distance in Oklab times 100 (<https://bottosson.github.io/posts/oklab/>), where 2 is just noticeable side by side.

use egui::{Color32, Rgba};

use super::Tokens;
use super::tokens::{DARK, LIGHT, STRONG_DARK, STRONG_LIGHT};
use crate::metrics::Reason;

/// Contrast that text needs.
const READABLE: f32 = 4.5;
/// Contrast that shapes and the edges of controls need.
const VISIBLE: f32 = 3.0;
/// Difference between colours that mean different things on one chart.
const APART: f32 = 8.0;
/// Difference between colours that may meet on one wire, where each has a sign too.
const APART_ON_WIRES: f32 = 6.0;

const SIGHTS: [(&str, [[f32; 3]; 3]); 4] = [
    ("full colour", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

type Named = (&'static str, Color32);

fn linear(color: Color32) -> [f32; 3] {
    let color = Rgba::from(color);
    [color.r(), color.g(), color.b()]
}

fn times(matrix: &[[f32; 3]; 3], vector: [f32; 3]) -> [f32; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

fn contrast(one: Color32, other: Color32) -> f32 {
    let luminance = |color| {
        let [r, g, b] = linear(color);
        0.05 + 0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (one, other) = (luminance(one), luminance(other));
    one.max(other) / one.min(other)
}

fn oklab(color: [f32; 3]) -> [f32; 3] {
    let cones = times(
        &[
            [0.412_221_5, 0.536_332_5, 0.051_446],
            [0.211_903_5, 0.680_699_5, 0.107_397],
            [0.088_302_5, 0.281_718_8, 0.629_978_7],
        ],
        color,
    );
    times(
        &[
            [0.210_454_3, 0.793_617_8, -0.004_072],
            [1.977_998_5, -2.428_592_2, 0.450_593_7],
            [0.025_904, 0.782_771_8, -0.808_675_8],
        ],
        cones.map(f32::cbrt),
    )
}

/// The smallest difference of two colours among the ways of seeing, and that way.
fn difference(one: Color32, other: Color32) -> (f32, &'static str) {
    let seen = SIGHTS.map(|(name, sight)| {
        let [one, other] =
            [one, other].map(|color| oklab(times(&sight, linear(color)).map(|part| part.clamp(0.0, 1.0))));
        let square: f32 = one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum();
        (100.0 * square.sqrt(), name)
    });
    seen.into_iter().fold((f32::INFINITY, ""), |least, one| if one.0 < least.0 { one } else { least })
}

fn themes() -> [(&'static str, &'static Tokens); 4] {
    [("dark", &DARK), ("light", &LIGHT), ("strong dark", &STRONG_DARK), ("strong light", &STRONG_LIGHT)]
}

#[test]
fn on_a_projector_everything_that_is_read_stands_out_more() {
    for (usual, strong) in [(&DARK, &STRONG_DARK), (&LIGHT, &STRONG_LIGHT)] {
        let by = |tokens: &Tokens| {
            [
                contrast(tokens.text, tokens.panel),
                contrast(tokens.weak, tokens.panel),
                contrast(tokens.line, tokens.panel),
            ]
        };
        for (usual, strong) in by(usual).into_iter().zip(by(strong)) {
            assert!(strong > usual, "{strong} {usual}");
        }
    }
}

fn grounds(tokens: &Tokens) -> [Named; 6] {
    [
        ("canvas", tokens.canvas),
        ("panel", tokens.panel),
        ("card", tokens.card),
        ("card head", tokens.card_head),
        ("stripe", tokens.stripe),
        ("well", tokens.well),
    ]
}

fn reasons(tokens: &Tokens) -> Vec<Named> {
    Reason::ALL.map(|reason| (reason.label(), tokens.reason(reason))).to_vec()
}

fn outcomes(tokens: &Tokens) -> Vec<Named> {
    vec![
        ("offered", tokens.offered),
        ("achieved", tokens.achieved),
        ("sold", tokens.sold),
        ("rejected", tokens.rejected),
        ("failed", tokens.failed),
    ]
}

fn expect_contrast(least: f32, pairs: impl IntoIterator<Item = (&'static str, Named, Named)>) {
    let low: Vec<String> = pairs
        .into_iter()
        .map(|(theme, one, ground)| (contrast(one.1, ground.1), theme, one.0, ground.0))
        .filter(|(ratio, ..)| *ratio < least)
        .map(|(ratio, theme, one, ground)| format!("{theme}: {one} on {ground}: {ratio:.2}"))
        .collect();
    assert!(low.is_empty(), "less contrast than {least}:\n{}", low.join("\n"));
}

fn expect_apart(least: f32, theme: &str, colors: &[Named]) {
    let mut close = Vec::new();
    for (index, one) in colors.iter().enumerate() {
        for other in &colors[..index] {
            let (difference, sight) = difference(one.1, other.1);
            if difference < least {
                close.push(format!("{theme}, {sight}: {} and {}: {difference:.1}", one.0, other.0));
            }
        }
    }
    assert!(close.is_empty(), "closer than {least}:\n{}", close.join("\n"));
}

#[test]
fn text_can_be_read_on_every_ground() {
    for (theme, tokens) in themes() {
        let texts = [
            ("text", tokens.text),
            ("weak text", tokens.weak),
            ("accent", tokens.accent),
            ("good", tokens.good),
            ("warning", tokens.warn),
            ("bad", tokens.bad),
        ];
        let pairs = texts.into_iter().flat_map(|text| grounds(tokens).map(|ground| (theme, text, ground)));
        expect_contrast(READABLE, pairs);
        expect_contrast(
            READABLE,
            [
                (theme, ("text", tokens.text), ("hover", tokens.hover)),
                (theme, ("text on accent", tokens.on_accent), ("accent", tokens.accent)),
                (theme, ("text on selection", tokens.on_selection), ("selection", tokens.selection)),
            ],
        );
    }
}

#[test]
fn shapes_and_edges_can_be_seen() {
    for (theme, tokens) in themes() {
        let mut shapes = [reasons(tokens), outcomes(tokens)].concat();
        shapes.extend(tokens.series.map(|color| ("a series", color)));
        shapes.extend([("fault", tokens.fault), ("failover", tokens.failover)]);
        shapes.push(("intercepted", tokens.intercepted));
        let pairs = shapes.into_iter().flat_map(|shape| grounds(tokens).map(|ground| (theme, shape, ground)));
        expect_contrast(VISIBLE, pairs);
        let on = [("panel", tokens.panel), ("card", tokens.card)];
        expect_contrast(VISIBLE, on.map(|ground| (theme, ("edge", tokens.edge), ground)));
        expect_contrast(VISIBLE, on.map(|ground| (theme, ("focus", tokens.accent), ground)));
    }
}

#[test]
fn colours_that_stand_together_can_be_told_apart_with_any_eyes() {
    for (theme, tokens) in themes() {
        expect_apart(APART, theme, &reasons(tokens));
        expect_apart(APART, theme, &outcomes(tokens));
        expect_apart(APART, theme, &[("good", tokens.good), ("warning", tokens.warn), ("bad", tokens.bad)]);
        let on_wires = [&reasons(tokens)[..], &outcomes(tokens)[1..]].concat();
        expect_apart(APART_ON_WIRES, theme, &on_wires);
        let series: Vec<Named> = tokens.series.map(|color| ("a series", color)).to_vec();
        expect_apart(APART_ON_WIRES, theme, &series);
    }
}
