"""
The 3Commas API, and nothing of judgement: signing, the request budget, JSON to the model, errors, the one DELETE.
"""
