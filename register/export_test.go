package register

// AppendKey is for the tests of the order of index keys.
var AppendKey = appendKey

// Rewritten reads the content of an export's line and writes it again, and gives
// the JSON that it carries. With a problem, it is no line.
func Rewritten(content []byte) (again string, carried []byte, problem string) {
	line, field, problem := parseLine(content)
	switch {
	case problem != "":
		return "", nil, field + ": " + problem
	case line.header != nil:
		return string(appendHeader(nil, *line.header)), nil, ""
	case line.entry != nil:
		return string(appendEntryLine(nil, line.entry)), line.entry.Payload, ""
	case line.record != nil:
		return string(appendRecord(nil, line.record)), line.record.body, ""
	case line.end != nil:
		return string(appendEnd(nil, *line.end)), nil, ""
	}
	return string(appendKeyLine(nil, line.key)), line.key, ""
}

// LimitBytes has an import end its units after so many bytes.
func LimitBytes(m *ImportOptions, n int) { m.bytes = n }

// LimitChains has an export and an import keep few journals in mind.
func LimitChains(x *ExportOptions, m *ImportOptions, n int) { x.chains, m.chains = n, n }
