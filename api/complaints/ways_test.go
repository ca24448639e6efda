package complaints_test

import (
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/complaints"
)

// From every state, what does not begin there is refused to everybody, and changes nothing.
func TestNothingBeginsWhereItShouldNot(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		id, _ := s.ComplaintIn("filed")
		bodies := map[string]any{"answerComplaint": apitest.ComplaintUpheld, "appealComplaint": apitest.ComplaintAppeal, "settleComplaint": apitest.ComplaintOverturned}
		all := apitest.MachineOf("complaints", id, complaints.States, complaints.Ways)
		s.Forbidden(all.But("appealComplaint"), roles(s), bodies)
		// The owner, who alone appeals, knows of a report once it was upheld, and is told of no state before.
		appeals := apitest.MachineOf("complaints", id, []complaints.State{complaints.Appealed, complaints.Confirmed, complaints.Overturned}, complaints.Ways, "appealComplaint")
		s.Forbidden(appeals, roles(s), bodies)
		for _, state := range []complaints.State{complaints.Filed, complaints.Dismissed, complaints.Withdrawn} {
			if err := s.App.DB.Writer.WithContext(s.Context()).Exec("UPDATE complaints SET state = ? WHERE id = ?", state, id).Error; err != nil {
				t.Fatal(err)
			}
			s.Editor.Act("/v1/complaints/"+id+"/appeal", `"1"`, apitest.ComplaintAppeal).Refused(404, "not_found")
			s.Editor.Get("/v1/complaints/"+id).Refused(404, "not_found")
		}
	})
}
