package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// A fault is why a request is not answered, in the form that clients of OpenAI read.
type fault struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"` // the field at fault, null for none
	Code    *string `json:"code"`

	status int
	after  time.Duration // when to try again; 0: not told
}

func (f *fault) Error() string { return f.Message }

// failing is a fault of so a status; code tells it apart for programs, "" for nothing.
func failing(status int, code, format string, values ...any) *fault {
	f := &fault{Message: fmt.Sprintf(format, values...), Type: "invalid_request_error", status: status}
	switch {
	case status == http.StatusUnauthorized:
		f.Type = "authentication_error"
	case status == http.StatusForbidden:
		f.Type = "permission_error"
	case status == http.StatusTooManyRequests:
		f.Type = "rate_limit_error"
	case status >= 500:
		f.Type = "server_error"
	}
	if code != "" {
		f.Code = &code
	}
	return f
}

// wrong is the fault of a field.
func wrong(field, format string, values ...any) *fault {
	f := failing(http.StatusBadRequest, "invalid_value", "%s: "+format, append([]any{field}, values...)...)
	f.Param = &field
	return f
}

// unsupported is the fault of a field that asks for what there is not.
func unsupported(field string) *fault {
	f := failing(http.StatusBadRequest, "unsupported_parameter", "%s is not supported by this server; leave it out", field)
	f.Param = &field
	return f
}

// write answers with the fault.
func (f *fault) write(w http.ResponseWriter) {
	if f.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((f.after+time.Second-1)/time.Second)))
	}
	writeJSON(w, f.status, map[string]any{"error": f})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"error":{"message":"the answer cannot be written","type":"server_error","param":null,"code":null}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n')) // whoever has gone does not read it
}
