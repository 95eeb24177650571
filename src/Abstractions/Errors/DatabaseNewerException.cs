namespace QLearning.Abstractions;

/// <summary>
/// The database was migrated by a newer version of the program than this one. Nothing was changed; run that version or a later one.
/// </summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.DatabaseNewer")]
public class DatabaseNewerException(string message, Exception? innerException = null) : QLearningException(message, innerException);
