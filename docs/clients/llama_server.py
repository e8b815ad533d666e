"""llama.cpp's own server, from the wheel that has it built: llama_server.py FILE.gguf PORT"""

import signal
import sys

import xllamacpp

p = xllamacpp.CommonParams()
p.model.path = sys.argv[1]
p.model_alias = {"starter"}
p.hostnames, p.port = ["127.0.0.1"], int(sys.argv[2])
p.n_parallel, p.n_ctx, p.verbosity = 4, 2048, 0
server = xllamacpp.Server(p)
signal.sigwait({signal.SIGTERM, signal.SIGINT})
