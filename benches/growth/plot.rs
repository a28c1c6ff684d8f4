//! The plot: a panel for each thing that grows, its size against the processor time of an arrival, both logarithmic.

use std::fmt::Write;

/// One panel. The points are sizes and microseconds.
pub struct Panel {
    pub title: &'static str,
    pub engine: Vec<(f64, f64)>,
    pub servers: Vec<(f64, f64)>,
}

const WIDTH: f64 = 190.0;
const HEIGHT: f64 = 150.0;
const GAP: f64 = 40.0;
const TOP: f64 = 50.0;
/// Microseconds at the foot and at the head of a panel.
const RANGE_US: (f64, f64) = (1.0, 1_000.0);

/// All panels in a row, as SVG.
pub fn plot(panels: &[Panel]) -> String {
    let (width, height) = (GAP + panels.len() as f64 * (WIDTH + GAP), TOP + HEIGHT + GAP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{GAP}\" y=\"18\">processor time of an arrival, µs: \
         <tspan fill=\"#0072b2\">engine</tspan>, <tspan fill=\"#d55e00\">servers</tspan></text>\n"
    );
    for (place, panel) in panels.iter().enumerate() {
        let left = GAP + place as f64 * (WIDTH + GAP);
        writeln!(svg, "<g transform=\"translate({left} {TOP})\">").unwrap();
        draw(&mut svg, panel);
        writeln!(svg, "</g>").unwrap();
    }
    svg + "</svg>\n"
}

fn draw(svg: &mut String, panel: &Panel) {
    writeln!(svg, "<text x=\"0\" y=\"-8\" font-weight=\"bold\">{}</text>", panel.title).unwrap();
    for us in [1.0, 10.0, 100.0, 1_000.0] {
        let y = at_us(us);
        writeln!(svg, "<path d=\"M0 {y:.1}H{WIDTH}\" stroke=\"#ddd\"/>").unwrap();
        writeln!(svg, "<text x=\"-4\" y=\"{:.1}\" text-anchor=\"end\">{us}</text>", y + 4.0).unwrap();
    }
    let sizes: Vec<f64> = panel.engine.iter().map(|(size, _)| *size).collect();
    let (least, most) = (sizes[0].ln(), sizes[sizes.len() - 1].ln());
    let at = |size: f64| (size.ln() - least) / (most - least) * WIDTH;
    for &size in &sizes {
        let (x, y) = (at(size), HEIGHT + 16.0);
        writeln!(svg, "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{}</text>", short(size)).unwrap();
    }
    for (points, colour) in [(&panel.engine, "#0072b2"), (&panel.servers, "#d55e00")] {
        let line: Vec<String> =
            points.iter().map(|(size, us)| format!("{:.1},{:.1}", at(*size), at_us(*us))).collect();
        let line = line.join(" ");
        writeln!(svg, "<polyline points=\"{line}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>")
            .unwrap();
        for (size, us) in points {
            let (x, y) = (at(*size), at_us(*us));
            writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>").unwrap();
        }
    }
}

fn at_us(us: f64) -> f64 {
    let (least, most) = RANGE_US;
    HEIGHT * (1.0 - ((us / least).ln() / (most / least).ln()).clamp(0.0, 1.0))
}

fn short(size: f64) -> String {
    if size >= 1e6 {
        format!("{}M", size / 1e6)
    } else if size >= 1e3 {
        format!("{}k", size / 1e3)
    } else {
        format!("{size}")
    }
}
