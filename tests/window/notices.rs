//! Messages: they show, unfold, can be copied, and go.

use egui::OutputCommand;
use egui_kittest::kittest::Queryable;
use seckill_lab::ui::notice::Notice;

use super::fake::Lab;

fn told(notice: Notice) -> Lab {
    let mut lab = Lab::open();
    lab.harness.state_mut().view.dialog = None;
    lab.harness.run();
    let now = lab.harness.ctx.input(|input| input.time);
    lab.harness.state_mut().view.notify(notice, now);
    lab.harness.step();
    lab
}

/// Lets the window's clock go on.
fn wait(lab: &mut Lab, secs: f64) {
    let time = lab.harness.ctx.input(|input| input.time) + secs;
    lab.harness.input_mut().time = Some(time);
    lab.harness.step();
    lab.harness.step();
}

fn shown(lab: &Lab) -> usize {
    lab.harness.state().view.notices.len()
}

#[test]
fn good_news_and_warnings_go_by_themselves() {
    for notice in [Notice::good("Saved"), Notice::warning("Saved, with a warning")] {
        let text = notice.text.clone();
        let mut lab = told(notice);
        lab.harness.get_by_label(&text);
        wait(&mut lab, 3.0);
        assert_eq!(shown(&lab), 1);
        wait(&mut lab, 4.0);
        assert_eq!(shown(&lab), 0);
        assert!(lab.harness.query_by_label(&text).is_none());
    }
}

#[test]
fn a_waiting_message_costs_no_frames() {
    let mut lab = told(Notice::good("Saved"));
    lab.harness.run();
    assert_eq!(shown(&lab), 1, "the window stood still long before the message's time was over");
}

#[test]
fn an_error_stays_until_it_is_closed() {
    let mut lab = told(Notice::error("The file can't be read", "line 3: expected a comma"));
    wait(&mut lab, 60.0);
    assert_eq!(shown(&lab), 1);
    lab.click("Close");
    assert_eq!(shown(&lab), 0);
}

#[test]
fn details_unfold_and_are_copied() {
    let mut lab = told(Notice::error("The file can't be read", "line 3: expected a comma"));
    assert!(lab.harness.query_by_label("line 3: expected a comma").is_none());
    lab.click("Details");
    lab.harness.get_by_label("line 3: expected a comma");
    lab.harness.get_by_label("Copy").click();
    lab.harness.step();
    let copied = lab.harness.output().platform_output.commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    assert_eq!(copied.as_deref(), Some("The file can't be read\nline 3: expected a comma"));
}

#[test]
fn unfolded_warnings_stay() {
    let details = Some("Which one: the second".to_owned());
    let mut lab = told(Notice { details, ..Notice::warning("One thing was left out") });
    lab.click("Details");
    wait(&mut lab, 60.0);
    assert_eq!(shown(&lab), 1);
    lab.click("Details");
    wait(&mut lab, 1.0);
    assert_eq!(shown(&lab), 0, "folded again, its time is over");
}

#[test]
fn the_same_message_shows_once() {
    let mut lab = told(Notice::good("Saved"));
    let now = lab.harness.ctx.input(|input| input.time);
    lab.harness.state_mut().view.notify(Notice::good("Saved"), now);
    lab.harness.step();
    assert_eq!(shown(&lab), 1);
}
