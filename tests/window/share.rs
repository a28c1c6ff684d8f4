//! A design that goes to somebody else and comes back, and what it may not do there unasked.

use egui::{Event, OutputCommand};
use egui_kittest::kittest::Queryable;
use seckill_lab::engine::EngineCommand;
use seckill_lab::files::share::to_text;
use seckill_lab::param::ParamValue;
use seckill_lab::topology::Severity;
use seckill_lab::ui::command::UiCommand;
use seckill_lab::ui::document::{Document, Edit, Origin};
use seckill_lab::ui::intent::Intent;
use seckill_lab::ui::text::text;

use super::fake::Lab;
use super::files::Place;

#[test]
fn a_picture_of_the_canvas_opens_as_the_design_and_is_never_saved_over() {
    let mut place = Place::new();
    place.preset();
    let design = place.lab.topology().clone();
    let path = place.path("canvas.png");
    place.chooser.will_choose(&path);
    place.command(UiCommand::ExportCanvas);
    place.lab.step_until(|lab| !lab.harness.state().view.notices.is_empty());
    let picture = std::fs::read(&path).unwrap();
    place.lab.harness.state_mut().model.doc = Document::default();
    place.lab.drop_file(&path);
    assert_eq!(place.lab.topology(), &design);
    assert_eq!(place.origin(), &Origin::New, "the picture is not its file");
    assert!(place.lab.model().settings.recent.is_empty());
    place.chooser.will_choose(&path);
    place.command(UiCommand::SaveAs);
    assert_eq!(place.notice().0, Some(Severity::Error));
    assert!(std::fs::read(&path).unwrap() == picture, "the picture is as it was");
}

#[test]
fn other_pictures_and_damaged_texts_say_what_they_lack() {
    let mut place = Place::empty();
    let plain = place.path("plain.png");
    image::RgbImage::new(2, 2).save(&plain).unwrap();
    let half = &std::fs::read(&plain).unwrap()[..20];
    let half_picture = place.path("half.png");
    std::fs::write(&half_picture, half).unwrap();
    let shared = to_text(place.lab.topology());
    let cut = place.write("cut.txt", &shared[..shared.len() - 5]);
    for (path, said) in [
        (plain, "carries no design"),
        (half_picture, "can't be read"),
        (cut, "the end of the shared design is missing"),
    ] {
        place.lab.drop_file(&path);
        let (severity, words) = place.notice();
        assert_eq!(severity, Some(Severity::Error), "{path:?}");
        assert!(words.to_lowercase().contains(&said.to_lowercase()), "{path:?}: {words}");
    }
}

#[test]
fn a_short_text_is_copied_and_pasted() {
    let mut lab = Lab::with_preset("naive-decrement.ron");
    let design = lab.topology().clone();
    lab.harness.state_mut().ask(Intent::Command(UiCommand::CopyShort));
    lab.harness.step();
    let shared = copied(&lab);
    assert!(shared.starts_with("seckill-lab:1:"), "{shared}");
    lab.harness.state_mut().model.doc = Document::default();
    lab.harness.event(Event::Paste(format!("try this: {shared}")));
    lab.harness.run();
    assert_eq!(lab.topology(), &design);
    lab.harness.event(Event::Paste(shared.replace('~', "")));
    lab.harness.run();
    let notices = &lab.harness.state().view.notices;
    assert!(notices.last().unwrap().notice.text.contains("copy all of it"), "{notices:?}");
}

#[test]
fn a_server_elsewhere_is_used_only_after_a_yes_which_is_remembered() {
    let mut lab = Lab::with_preset("stock-in-redis.ron");
    let edit = Edit::new(text("Far", "远"), |topology| {
        let stage = topology.stages.iter_mut().find(|stage| stage.kind.word() == "MasterReplica").unwrap();
        let url = ParamValue::Text("redis://:${HOME}@far.example.org:6379".into());
        stage.kind.params_mut().set("url", url);
    });
    lab.harness.state_mut().ask(Intent::Edit(edit));
    lab.harness.run();
    let began =
        |lab: &Lab| lab.engine.told().iter().any(|command| matches!(command, EngineCommand::Start { .. }));
    lab.click("Run");
    assert!(has(&lab, "Let this design leave the machine?") && !began(&lab));
    assert!(has(&lab, "it would get the values of HOME"));
    lab.click("Cancel");
    assert!(!has(&lab, "Let this design leave the machine?") && !began(&lab));
    lab.click("Run");
    lab.click("Allow and run");
    assert!(began(&lab), "it runs");
    assert_eq!(lab.model().settings.allowed, ["far.example.org:6379"]);
}

fn has(lab: &Lab, label: &str) -> bool {
    lab.harness.query_by_label(label).is_some()
}

fn copied(lab: &Lab) -> String {
    let commands = &lab.harness.output().platform_output.commands;
    let text = commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    text.expect("a text in the clipboard")
}
