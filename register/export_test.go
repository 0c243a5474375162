package register

// AppendKey is for the tests of the order of index keys.
var AppendKey = appendKey
