package demo

import "jiebang/internal/complaints"

// report has two results reported: one report was looked into and dismissed, the other waits at the bureau's desk.
func (s *seeder) report() error {
	id, err := create(s, s.editor["kechuang"], s.Complaints.File, complaints.Input{
		Kind: "result", ID: s.results["r-edge-diagnosis"], Ground: complaints.WrongOwner,
		Text: "据我们了解，这套模组的软件著作权登记在一家校办企业名下。学校是否有权以自己的名义发布，请贵局核实。",
	})
	if err != nil {
		return err
	}
	err = decide(s, s.role["operator"], s.Complaints.Answer, id, 1, complaints.Verdict[complaints.Outcome]{
		Outcome: complaints.Unfound,
		Reason:  "经查验软件著作权登记证书和校企协议，校办企业登记的是另一型号的早期版本，本成果的权利归学校所有，发布无误。感谢您的关注。",
	})
	if err != nil {
		return err
	}
	_, err = create(s, s.editor["anlan"], s.Complaints.File, complaints.Input{
		Kind: "result", ID: s.results["r-wafer-arm"], Ground: complaints.Untrue,
		Text: "介绍中写“末端漂移降至0.05毫米以内”，我们按公开论文里的条件复测，温升40℃时漂移仍在0.2毫米左右。测试记录可以提供，请核实后更正。",
	})
	return err
}
