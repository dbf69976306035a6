"""The lab's hosts as an operator reaches them: SSH with a key, and SFTP that ends at the node's folder."""
