"""The Open Inference Protocol over HTTP, as KServe, Triton and MLServer speak it; `routes` says which parts."""
