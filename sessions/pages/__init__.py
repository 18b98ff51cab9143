"""Pages of capture: the candidate's interview and the link that leads there."""
