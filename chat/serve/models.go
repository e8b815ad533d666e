package serve

import "net/http"

// listed is a model in the list. Its context is told as vLLM does, and as llama-server does.
type listed struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	Owner   string `json:"owned_by"`
	Context int    `json:"max_model_len"`
	Meta    meta   `json:"meta"`
}

type meta struct {
	Context    int `json:"n_ctx"`
	Vocab      int `json:"n_vocab"`
	Parameters int `json:"n_params"`
}

func (s *Server) listed() listed {
	info := s.Model.Info()
	return listed{s.ID, "model", s.created, "inkling", info.Context, meta{info.Context, info.Vocab, info.Parameters}}
}

func (s *Server) list(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "data": []listed{s.listed()}})
}

func (s *Server) describe(w http.ResponseWriter, r *http.Request) {
	if id := r.PathValue("id"); id != s.ID {
		s.unknown(id).write(w)
		return
	}
	writeJSON(w, http.StatusOK, s.listed())
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	if s.queue.ended() {
		stopping().write(w)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// read reads the object that was posted.
func (s *Server) read(w http.ResponseWriter, r *http.Request) (*fields, *fault) {
	data, fault := s.body(w, r)
	if fault != nil {
		return nil, fault
	}
	return readFields(data)
}
