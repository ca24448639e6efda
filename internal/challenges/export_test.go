package challenges

// Read reads rows by hand.
var Read = read
