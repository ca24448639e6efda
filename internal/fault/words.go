package fault

// Words are the names of the values of a type that people read about: its states, say. A value without a name is told by itself.
type Words[S ~string] map[S]Text

// Of is the name of a value.
func (w Words[S]) Of(s S) Text {
	if t, known := w[s]; known {
		return t
	}
	return Text{string(s), string(s)}
}

// worded is a state that has a name in both languages.
type worded interface{ Text() Text }

// NameOf is what people call a value: what its Text says, or the value itself.
func NameOf[S ~string](s S) Text {
	if w, yes := any(s).(worded); yes {
		return w.Text()
	}
	return Text{string(s), string(s)}
}
