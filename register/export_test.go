package register

// AppendKey is for the tests of the order of index keys.
var AppendKey = appendKey

// Rewritten reads the content of an export's line and writes it again. "": it is
// none, for that reason.
func Rewritten(content []byte) (again string, problem string) {
	line, field, problem := parseLine(content)
	switch {
	case problem != "":
		return "", field + ": " + problem
	case line.header != nil:
		return string(appendHeader(nil, *line.header)), ""
	case line.entry != nil:
		return string(appendEntryLine(nil, line.entry)), ""
	case line.record != nil:
		return string(appendRecord(nil, line.record)), ""
	case line.end != nil:
		return string(appendEnd(nil, *line.end)), ""
	}
	return string(appendKeyLine(nil, line.key)), ""
}
