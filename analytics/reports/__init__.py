"""Reports: plain values in, dataclasses out. What is read for them is the services' business."""
