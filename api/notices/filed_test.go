package notices_test

import (
	"testing"

	"jiebang/api/apitest"
)

// Who objects with an account goes on with the address and the tag of the answer; who has none is given no address, which they could not read.
func TestWhatIsFiledHasItsAddressAndItsTag(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		notice := s.Notice(s.Deputy.Post("/v1/organizations", s.OrganizationBody("不具名的出题单位")).Want(201).Text("id"))
		path := "/v1/notices/" + notice + "/objections"
		filed := s.Buyer.Post(path, s.ObjectionBody()).Want(201)
		at := filed.Header.Get("Location")
		if at != "/v1/objections/"+filed.Text("id") {
			t.Fatalf("it lives at %q", at)
		}
		if read := s.Buyer.Get(at).Want(200); read.ETag == "" || read.ETag != filed.ETag {
			t.Errorf("filed with %q, read with %q", filed.ETag, read.ETag)
		}
		s.Buyer.Act(at+"/withdraw", filed.ETag, nil).Want(200)
		filed = s.Visitor().Post(path, s.ObjectionBody()).Want(201)
		if at := filed.Header.Get("Location"); at != "" || filed.ETag == "" {
			t.Errorf("a visitor is given the address %q and the tag %q", at, filed.ETag)
		}
	})
}
