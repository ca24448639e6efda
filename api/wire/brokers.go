package wire

import "jiebang/internal/mandates"

// BrokersOf tells the brokers who act in an introduction or a deal; nil where none does.
func BrokersOf(acting []mandates.Acting) *[]BrokerRef {
	if len(acting) == 0 {
		return nil
	}
	out := make([]BrokerRef, len(acting))
	for i, a := range acting {
		out[i] = BrokerRef{Username: a.Person.Username, Name: a.Person.Name, BothSides: Some(a.BothSides)}
		if a.Agency != nil {
			out[i].Agency = Ptr(RefOf(*a.Agency))
		}
	}
	return &out
}
