package notices

import (
	"jiebang/internal/accounts"
	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// objectionMail tells who objects what becomes of it. What they said and what they are told is sealed, and stands in no mail; who has no
// account has left no address of that kind.
var objectionMail = mail.NewNews("objection.news")

func tell(tx *work.Tx, n *Notice, o *Objection, what fault.Text) error {
	if o.AuthorID == nil {
		return nil
	}
	return accounts.Tell(tx, *o.AuthorID, objectionMail, n.Title, what)
}

// filed says that an objection is there, and by when it is answered or completed.
func (o *Objection) filed(n *Notice) fault.Text {
	switch {
	case o.State == Incomplete:
		return fault.Say("您的异议已收到，尚须补正，请在 %[1]s 之前（含当日）补齐。", "Your objection is here and has to be completed by %[1]s.", n.LastDay)
	case o.Outcome == OutOfTime:
		return fault.Say("您的异议在公示期（至 %[1]s）届满后提出，已留存记录，不予受理。", "Your objection came after the period, which ended with %[1]s; it is kept as a record of that.", n.LastDay)
	case o.State == Answered:
		return fault.Say("您的异议没有署名，不予受理。", "Your objection bears no name and is not taken up.")
	}
	return o.due(fault.Say("您的异议已收到，", "Your objection is here. "))
}

// due says by when it is answered.
func (o *Objection) due(before fault.Text) fault.Text {
	zh, en := "应于 %[1]s 前（含当日）答复。", "It is answered by %[1]s."
	if o.AnswerDueProvisional {
		zh, en = "应于 %[1]s 前（含当日）答复；放假安排尚未公布，期限为暂定。", "It is answered by %[1]s, for the time being: holidays are not announced yet."
	}
	after := fault.Say(zh, en, o.AnswerDue)
	return fault.Text{ZH: before.ZH + after.ZH, EN: before.EN + after.EN}
}

// moved says that the day has changed.
func (o *Objection) moved(was when.Day) fault.Text {
	return o.due(fault.Say("放假安排已公布，答复期限由 %[1]s 重新计算，", "The holidays were announced, and the day was reckoned anew; it was %[1]s. ", was))
}

// ended says how it ended.
func (o *Objection) ended() fault.Text {
	return fault.Say("您的异议已有结论：%[1]s。", "Your objection was answered: %[2]s.", o.Outcome.Text().ZH, o.Outcome.Text().EN)
}
