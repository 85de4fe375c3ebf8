"""
The 3Commas API, and nothing of judgement: signing, the request budget, JSON to the model, errors, the one DELETE.
"""

from tradewarden.imports import without

with without("httpx._main"):  # its command line, which brings click, rich and pygments along
    import httpx  # noqa: F401 (the modules of this package find it as it is now)
